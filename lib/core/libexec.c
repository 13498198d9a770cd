/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where our other programs are. */
#include "core/libexec.h"

#include "core/mem.h"

#include <limits.h>
#include <unistd.h>

#ifndef V2V_LIBEXECDIR
#define V2V_LIBEXECDIR "/usr/local/libexec"
#endif

char *v2v_libexec_find(const char *name)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	CLEANUP_FREE char *beside = NULL;
	char *slash;

	program[n < 0 ? 0 : n] = '\0';
	slash = strrchr(program, '/');
	if (slash) {
		*slash = '\0';
		beside =
			v2v_format("%s/../libexec/v2v-tools/%s", program, name);
	}
	if (beside && access(beside, R_OK) == 0)
		return v2v_take(beside);
	return v2v_format(V2V_LIBEXECDIR "/v2v-tools/%s", name);
}
