/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of a process. */
#include "core/limit.h"

#include "core/cleanup.h"
#include "core/open.h"

#include <unistd.h>

void v2v_limit(int resource, rlim_t value)
{
	const struct rlimit both = { value, value };

	setrlimit(resource, &both);
}

void v2v_limit_memory(rlim_t more)
{
	CLEANUP_FCLOSE FILE *statm = v2v_fopen("/proc/self/statm");
	unsigned long pages = 0;

	if (statm && fscanf(statm, "%20lu", &pages) == 1)
		v2v_limit(RLIMIT_AS,
			(rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more);
}
