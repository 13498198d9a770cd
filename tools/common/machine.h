/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine as it was described, in some ten lines for people: v2v-unpack
 * --print. */
#ifndef V2V_TOOL_MACHINE_H
#define V2V_TOOL_MACHINE_H

#include "common/tool.h"

/* What prints in place of documents. */
struct tool_printer machine_printer(void);
#endif
