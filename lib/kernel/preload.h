/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object that User-mode Linux has to load (preload/ptrace.c), which is in
 * the library: there is no file that would have to be found. */
#ifndef V2V_KERNEL_PRELOAD_H
#define V2V_KERNEL_PRELOAD_H

#include "core/error.h"

/* As a file of memory, the caller's to close; -1 on failure. */
int v2v_preload_file(struct v2v_error *err);
#endif
