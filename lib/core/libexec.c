/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where our other programs are. */
#include "core/libexec.h"

#include "core/mem.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#ifndef V2V_LIBEXECDIR
#define V2V_LIBEXECDIR "/usr/local/libexec"
#endif

/* In the libexec beside the folder in which @file is; NULL: it is not there. */
static char *beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	CLEANUP_FREE char *path = NULL;

	if (!slash)
		return NULL;
	path = v2v_format("%.*s/../libexec/v2v-tools/%s", (int)(slash - file),
		file, name);
	return access(path, R_OK) == 0 ? v2v_take(path) : NULL;
}

static char *beside_program(const char *name)
{
	char program[PATH_MAX];
	const ssize_t n =
		readlink("/proc/self/exe", program, sizeof program - 1);

	program[n < 0 ? 0 : n] = '\0';
	return beside(program, name);
}

/* For who embeds us: the library of a prefix of its own. */
static char *beside_library(const char *name)
{
	Dl_info info;

	return dladdr((const void *)v2v_libexec_find, &info) && info.dli_fname
		       ? beside(info.dli_fname, name)
		       : NULL;
}

char *v2v_libexec_find(const char *name)
{
	char *path = beside_program(name);

	if (!path)
		path = beside_library(name);
	return path ? path : v2v_format(V2V_LIBEXECDIR "/v2v-tools/%s", name);
}
