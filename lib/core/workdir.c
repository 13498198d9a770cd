/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine's work directory. */
#include "core/workdir.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/open.h"
#include "core/safe-dir.h"

#include <fcntl.h>
#include <sys/stat.h>

#define MARKER ".v2v-workdir"

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make(struct v2v *v, char **ret_dir, struct v2v_error *err)
{
	CLEANUP_FREE char *dir = v2v_make_dir(v->tmpdir, "v2v-", err);
	CLEANUP_FREE char *marker = NULL;
	CLEANUP_CLOSE int fd = -1;

	if (!dir)
		return -1;
	marker = v2v_format("%s/" MARKER, dir);
	fd = v2v_open(marker, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0) {
		v2v_fail_errno(err, "cannot create '%s'", marker);
		rmdir(dir);
		return -1;
	}
	*ret_dir = v2v_take(dir);
	return 0;
}

int v2v_workdir_get(struct v2v *v, const json_t *doc, const char *wanted,
	char **ret_dir, bool *ret_made, struct v2v_error *err)
{
	const char *dir = v2v_doc_string(doc, "workdir");

	if (!dir || !is_directory(dir))
		dir = wanted;
	*ret_made = false;
	if (!dir) {
		if (make(v, ret_dir, err) < 0)
			return -1;
		*ret_made = true;
		return 0;
	}
	if (!is_directory(dir))
		return v2v_fail(err, "workdir", "'%s' is no directory", dir);
	if (v2v_check_directory(dir, err) < 0)
		return -1;
	*ret_dir = v2v_realpath(dir, err);
	return *ret_dir ? 0 : -1;
}

bool v2v_workdir_is_ours(const char *dir)
{
	CLEANUP_FREE char *marker = v2v_format("%s/" MARKER, dir);
	struct stat st;

	return lstat(marker, &st) == 0 && S_ISREG(st.st_mode);
}

void v2v_workdir_remove(const char *dir)
{
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(dir);
	CLEANUP_FREE char *marker = v2v_format("%s/" MARKER, dir);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", dir, entry->d_name);

		if (v2v_starts_with(entry->d_name, "tmp-v2v-"))
			v2v_remove_tree(path);
		else if (v2v_starts_with(entry->d_name, "overlay-") ||
			 v2v_starts_with(entry->d_name, ".overlay-") ||
			 v2v_starts_with(entry->d_name, "disk-"))
			unlink(path);
	}
	unlink(marker);
	rmdir(dir);
}

void v2v_discard(const json_t *doc)
{
	const char *dir = v2v_doc_string(doc, "workdir");

	if (dir && v2v_workdir_is_ours(dir))
		v2v_workdir_remove(dir);
}
