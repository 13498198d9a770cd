/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else can rename files in a directory? */
#include "core/safe-dir.h"

#include "core/file.h"

#include <libgen.h>
#include <sys/stat.h>

/* @named: what the user said, for errors. */
static int check_one(const char *dir, const char *named, struct v2v_error *err)
{
	struct stat st;
	mode_t others;

	if (lstat(dir, &st) < 0)
		return v2v_fail_errno(err, "'%s'", dir);
	if (st.st_uid != 0)
		return v2v_fail(err, "unsafe-directory",
			"root does not work in '%s': '%s' belongs to user %u, "
			"who could swap the files; name another with --workdir "
			"or TMPDIR",
			named, dir, (unsigned)st.st_uid);
	others = S_IWOTH | (st.st_gid != 0 ? S_IWGRP : 0);
	if (st.st_mode & others && !(st.st_mode & S_ISVTX))
		return v2v_fail(err, "unsafe-directory",
			"root does not work in '%s': others can write to '%s' "
			"and it is not sticky, so they could swap the files; "
			"name another with --workdir or TMPDIR",
			named, dir);
	return 0;
}

int v2v_check_directory(const char *dir, struct v2v_error *err)
{
	CLEANUP_FREE char *path = NULL;

	if (geteuid() != 0)
		return 0;
	path = v2v_realpath(dir, err);
	if (!path)
		return -1;
	while (true) {
		if (check_one(path, dir, err) < 0)
			return -1;
		if (v2v_streq(path, "/"))
			return 0;
		dirname(path);
	}
}
