/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the log of a change in place lies. */
#include "core/file.h"
#include "disk/apply.h"

#include <sys/stat.h>

char *v2v_undo_place(const struct v2v_disk *first, struct v2v_error *err)
{
	CLEANUP_FREE char *real = v2v_realpath(first->file, err);
	char *slash = real ? strrchr(real, '/') : NULL;

	if (!slash)
		return NULL;
	*slash = '\0';
	return v2v_format("%s/.%s" V2V_UNDO_SUFFIX, real, slash + 1);
}

int v2v_undo_check_none(const struct v2v_disk *disk, struct v2v_error *err)
{
	CLEANUP_FREE char *log = v2v_undo_place(disk, NULL);
	struct stat st;

	if (!log || lstat(log, &st) < 0)
		return 0;
	return v2v_fail(err, "undo-needed",
		"'%s' may be half written: a conversion in place was broken "
		"off, and '%s' has what it needs; v2v-convert --in-place or "
		"--undo uses it",
		disk->file, log);
}
