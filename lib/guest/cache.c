/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder for what is kept. */
#include "guest/cache.h"

#include "core/open.h"
#include "core/safe-dir.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder in @above that nobody else can write to; the caller's. */
static char *own_folder(const char *above, struct v2v_error *err)
{
	CLEANUP_FREE char *dir =
		v2v_format("%s/v2v-cache-%u", above, (unsigned)geteuid());
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		v2v_fail_errno(err, "cannot create '%s'", dir);
		return NULL;
	}
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
		st.st_uid != geteuid() || (st.st_mode & 077)) {
		v2v_fail(err, "unsafe-directory",
			"'%s' is not a directory of this user alone", dir);
		return NULL;
	}
	return v2v_check_directory(above, err) < 0 ? NULL : v2v_take(dir);
}

char *v2v_cache_open(struct v2v *v, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	char *dir = v->cachedir ? own_folder(v->cachedir, &why) : NULL;

	if (dir && access(dir, W_OK) == 0)
		return dir;
	if (dir)
		v2v_fail_errno(&why, "cannot write to '%s'", dir);
	free(dir);
	if (v->cachedir)
		v2v_info(v, "cache-unused",
			"what is made once for backends is kept in '%s': %s",
			v->tmpdir, why.text);
	return own_folder(v->tmpdir, err);
}
