/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --times puts into a document: how long each step took. */
#ifndef V2V_TOOL_TIMES_H
#define V2V_TOOL_TIMES_H

#include <jansson.h>

/* @tool, "v2v-copy", took @seconds; this takes the place of what an earlier run
 * of that step had left. */
void times_add(json_t *doc, const char *tool, double seconds);
#endif
