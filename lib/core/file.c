/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output files that appear only when complete; temporary directories. */
#include "core/file.h"

#include "core/fields.h"
#include "core/open.h"
#include "core/safe-dir.h"

#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>

#define MAX_NAME 200
#define HOLE	 4096 /* the least that a filesystem leaves out, bytes */

int v2v_sync_directory(const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *copy = v2v_strdup(path);
	CLEANUP_CLOSE int fd =
		v2v_open(dirname(copy), O_RDONLY | O_DIRECTORY, 0);

	/* Some filesystems cannot sync a directory: EINVAL is not a failure. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		return v2v_fail_errno(err, "cannot sync '%s'", copy);
	return 0;
}

static char *temporary_name(const char *path)
{
	CLEANUP_FREE char *dir_copy = v2v_strdup(path);
	CLEANUP_FREE char *base_copy = v2v_strdup(path);

	return v2v_format(
		"%s/.%s.XXXXXX", dirname(dir_copy), basename(base_copy));
}

/* As open(2) would have made it.  umask(2) itself could only be read by setting
 * it, for all threads. */
static mode_t usual_mode(void)
{
	CLEANUP_FCLOSE FILE *status = v2v_fopen("/proc/self/status");
	unsigned mask = 077;
	char line[256];

	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "Umask: %o", &mask) == 1)
			break;
	return 0666 & ~(mode_t)mask;
}

static int check_name(const char *path, bool force, struct v2v_error *err)
{
	struct stat st;

	if (!force && access(path, F_OK) == 0)
		return v2v_fail(err, "file-exists",
			"'%s' exists; --force replaces it", path);
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
		!S_ISLNK(st.st_mode))
		return v2v_fail(err, "file-exists",
			"'%s' is not a file: it is not replaced", path);
	return 0;
}

int v2v_out_open(struct v2v_out *out, const char *path, bool force,
	struct v2v_error *err)
{
	*out = (struct v2v_out){ .fd = -1, .force = force };
	if (check_name(path, force, err) < 0)
		return -1;
	out->path = v2v_strdup(path);
	out->temp = temporary_name(path);
	out->fd = v2v_mkostemp(out->temp);
	if (out->fd < 0) {
		v2v_fail_errno(err, "cannot create '%s'", path);
		free(v2v_take(out->temp));
		return -1;
	}
	fchmod(out->fd, usual_mode());
	return 0;
}

/* The file that was kept, or -1; @others: the bits of others that can be set.
 */
static int open_kept(const char *name, mode_t others)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
	CLEANUP_CLOSE int fd = v2v_open(name, flags, 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		st.st_uid != geteuid() || st.st_nlink != 1 ||
		st.st_mode & (S_IWGRP | S_IWOTH) & ~others)
		return -1;
	return v2v_take_fd(&fd);
}

int v2v_out_open_part(struct v2v_out *out, const char *path, bool force,
	struct v2v_error *err)
{
	CLEANUP_FREE char *copy = v2v_strdup(path);

	*out = (struct v2v_out){ .fd = -1, .force = force, .is_part = true };
	if (check_name(path, force, err) < 0)
		return -1;
	out->path = v2v_strdup(path);
	out->temp =
		v2v_format("%s/.%s.part", dirname(copy), v2v_base_name(path));
	out->fd = open_kept(out->temp, 0);
	out->keep = out->fd >= 0;
	if (out->keep)
		return 0;
	unlink(out->temp);
	out->fd = v2v_open(out->temp, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (out->fd >= 0)
		return 0;
	v2v_fail_errno(err, "cannot create '%s'", out->temp);
	free(v2v_take(out->temp));
	return -1;
}

bool v2v_out_open_published(struct v2v_out *out, const char *path)
{
	int fd = open_kept(path, usual_mode());

	if (fd < 0)
		return false;
	*out = (struct v2v_out){ .path = v2v_strdup(path), .fd = fd };
	return true;
}

int v2v_out_publish(struct v2v_out *out, struct v2v_error *err)
{
	unsigned flags = out->force ? 0 : RENAME_NOREPLACE;

	if (!out->temp)
		return 0;
	if (out->is_part)
		fchmod(out->fd, usual_mode());
	if (fsync(out->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", out->path);
	if (renameat2(AT_FDCWD, out->temp, AT_FDCWD, out->path, flags) < 0 &&
		(errno != EINVAL || rename(out->temp, out->path) < 0)) {
		v2v_fail_errno(err, "cannot create '%s'", out->path);
		/* What others can write is not gone on with. */
		if (out->is_part)
			fchmod(out->fd, 0600);
		return -1;
	}
	free(v2v_take(out->temp));
	return v2v_sync_directory(out->path, err);
}

void v2v_out_clear(struct v2v_out *out)
{
	if (out->fd >= 0 && out->path)
		close(out->fd);
	if (out->keep)
		free(v2v_take(out->temp));
	v2v_cleanup_unlink_free(&out->temp);
	free(out->path);
	*out = (struct v2v_out){ .fd = -1 };
}

int v2v_write_all(int fd, const char *name, const void *data, size_t size,
	struct v2v_error *err)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return v2v_fail_errno(err, "cannot write '%s'", name);
		data = (const char *)data + n;
		size -= (size_t)n;
	}
	return 0;
}

int v2v_pwrite_all(int fd, const char *name, const void *data, size_t size,
	uint64_t offset, struct v2v_error *err)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return v2v_fail_errno(err, "cannot write '%s'", name);
		data = (const char *)data + n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

static bool is_zero(const char *data, size_t size)
{
	return *data == '\0' && memcmp(data, data + 1, size - 1) == 0;
}

int v2v_pwrite_sparse(int fd, const char *name, const char *data, size_t size,
	uint64_t offset, struct v2v_error *err)
{
	while (size) {
		size_t n = HOLE - offset % HOLE;

		if (n > size)
			n = size;
		if (!is_zero(data, n) &&
			pwrite(fd, data, n, (off_t)offset) != (ssize_t)n)
			return v2v_fail_errno(err, "cannot write '%s'", name);
		data += n;
		size -= n;
		offset += n;
	}
	return 0;
}

int v2v_pread_all(int fd, const char *name, void *data, size_t size,
	uint64_t offset, struct v2v_error *err)
{
	while (size) {
		ssize_t n = pread(fd, data, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return v2v_fail_errno(err, "cannot read '%s'", name);
		if (n == 0)
			return v2v_fail(
				err, "truncated", "'%s' ends too early", name);
		data = (char *)data + n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int v2v_open_regular(
	const char *path, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(path, O_RDONLY | O_NONBLOCK, 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "cannot open '%s'", path);
	if (!S_ISREG(st.st_mode))
		return v2v_fail(
			err, "not-a-file", "'%s' is not a regular file", path);
	if (ret_size)
		*ret_size = (uint64_t)st.st_size;
	return v2v_take_fd(&fd);
}

int v2v_open_disk(const char *path, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(path, O_RDONLY | O_NONBLOCK, 0);
	struct stat st;
	off_t size;

	if (fd < 0 || fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "cannot open '%s'", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return v2v_fail(err, "not-a-file",
			"'%s' is not a regular file, nor a block device", path);
	size = S_ISREG(st.st_mode) ? st.st_size : lseek(fd, 0, SEEK_END);
	if (size < 0)
		return v2v_fail_errno(err, "cannot read '%s'", path);
	if (ret_size)
		*ret_size = (uint64_t)size;
	return v2v_take_fd(&fd);
}

char *v2v_make_dir(const char *dir, const char *prefix, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("%s/%sXXXXXX", dir, prefix);

	if (v2v_check_directory(dir, err) < 0)
		return NULL;
	if (!mkdtemp(name)) {
		v2v_fail_errno(err, "cannot make a directory in '%s'", dir);
		return NULL;
	}
	return v2v_take(name);
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

void v2v_remove_tree(const char *dir)
{
	if (dir)
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

char *v2v_safe_name(const char *name)
{
	char *safe = v2v_strndup(name, MAX_NAME);
	size_t n = strlen(safe);

	/* Do not cut a UTF-8 sequence in two. */
	if (strlen(name) > n)
		while (n && (name[n] & 0xc0) == 0x80)
			safe[--n] = '\0';
	for (unsigned char *s = (unsigned char *)safe; *s; s++) {
		/* C0, DEL; and C1, which is two bytes of UTF-8 */
		if (*s < 0x20 || *s == 0x7f || *s == '/' || *s == '\\')
			*s = '_';
		else if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
			s[0] = s[1] = '_';
	}
	if (*safe == '.' || *safe == '-')
		*safe = '_';
	if (*safe)
		return safe;
	free(safe);
	return v2v_strdup("unnamed");
}

int v2v_scratch_file(const char *dir, struct v2v_error *err)
{
	int fd = v2v_open(dir, O_TMPFILE | O_RDWR, 0600);

	if (fd < 0) {
		CLEANUP_FREE char *name = v2v_format("%s/scratch-XXXXXX", dir);

		fd = v2v_mkostemp(name);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		v2v_fail_errno(err, "cannot make a file in '%s'", dir);
	return fd;
}
