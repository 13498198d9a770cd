/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a process here may trace its child, as User-mode Linux does. */
#ifndef V2V_KERNEL_PTRACE_H
#define V2V_KERNEL_PTRACE_H

#include <stdbool.h>

/* Tried out with a child: Yama, a container's filter or a debugger may be in
 * the way. */
bool v2v_ptrace_works(void);
#endif
