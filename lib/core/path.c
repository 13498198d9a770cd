/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths that a document can hold. */
#include "core/fields.h"
#include "core/file.h"

#include <libgen.h>
#include <sys/stat.h>

int v2v_check_path(const char *path, struct v2v_error *err)
{
	if (v2v_is_utf8(path))
		return 0;
	return v2v_fail(err, "file-name",
		"'%s': the name is not UTF-8, and no document can hold it",
		path);
}

bool v2v_is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

char *v2v_disk_path(const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *copy = v2v_strdup(path);
	CLEANUP_FREE char *folder = NULL;

	if (!v2v_is_device(path))
		return v2v_realpath(path, err);
	folder = v2v_realpath(dirname(copy), err);
	if (!folder || v2v_check_path(path, err) < 0)
		return NULL;
	return v2v_format("%s/%s", v2v_streq(folder, "/") ? "" : folder,
		v2v_base_name(path));
}

char *v2v_realpath(const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *real = realpath(path, NULL);

	if (!real)
		v2v_fail_errno(err, "'%s'", path);
	else if (v2v_check_path(real, err) == 0)
		return v2v_take(real);
	return NULL;
}
