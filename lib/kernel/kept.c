/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of images that are made from files of the host. */
#include "kernel/kept.h"

#include "core/file.h"

#include <sys/stat.h>

#define MAX_TEXT (16 << 20)

int v2v_kept_add(
	struct v2v_digest *digest, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *line = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return v2v_fail_errno(err, "cannot find '%s'", path);
	line = v2v_format("%s %lld %lld.%09ld %llu %llu\n", path,
		(long long)st.st_size, (long long)st.st_mtim.tv_sec,
		st.st_mtim.tv_nsec, (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino);
	v2v_digest_add(digest, line, strlen(line));
	return 0;
}

char *v2v_kept_name(
	struct v2v_digest *digest, const char *cache, const char *prefix)
{
	CLEANUP_FREE char *sum = v2v_digest_end(digest);

	return v2v_format("%s/%s-%.32s", cache, prefix, sum);
}

int v2v_kept_make(struct v2v_out *out, const char *path, struct v2v_error *err)
{
	if (v2v_out_open(out, path, true, err) < 0)
		return -1;
	if (fchmod(out->fd, 0644) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", path);
	return 0;
}

bool v2v_kept_is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

char *v2v_kept_text(const char *path)
{
	CLEANUP_FREE char *text = NULL;
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(path, &size, NULL);

	if (fd < 0 || size > MAX_TEXT)
		return NULL;
	text = v2v_alloc(1, size + 1);
	if (v2v_pread_all(fd, path, text, size, 0, NULL) < 0)
		return NULL;
	return v2v_take(text);
}
