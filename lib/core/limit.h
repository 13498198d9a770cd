/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this process may take from now on: for children that parse what a
 * stranger wrote. */
#ifndef V2V_LIMIT_H
#define V2V_LIMIT_H

#include <sys/resource.h>

/* setrlimit(2), soft and hard. */
void v2v_limit(int resource, rlim_t value);

/* So many bytes of memory beyond what the process has already, which may be
 * much (ASan). */
void v2v_limit_memory(rlim_t more);
#endif
