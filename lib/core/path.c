/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths that a document can hold. */
#include "core/fields.h"
#include "core/file.h"

int v2v_check_path(const char *path, struct v2v_error *err)
{
	if (v2v_is_utf8(path))
		return 0;
	return v2v_fail(err, "file-name",
		"'%s': the name is not UTF-8, and no document can hold it",
		path);
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
