/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest are written. */
#include "core/file.h"
#include "guest/kernel/private.h"

#include <errno.h>
#include <sys/stat.h>

/* Bytes of one request. */
#define PIECE (4U << 20)

#define HOW_NEW (V2V_KERNEL_WRITE_CREATE | V2V_KERNEL_WRITE_TRUNCATE)

static int write_file(struct v2v_appliance *a, const char *path,
	const void *data, size_t size)
{
	return v2v_kernel_write(V2V_KERNEL_OF(a), path, HOW_NEW, 0, 0644, data,
		size, V2V_KERNEL_ERROR(a));
}

/* All of @fd; @how: of the first request. */
static int put_all(struct v2v_appliance *a, int fd, const char *path,
	uint32_t how, uint64_t to, uint32_t mode)
{
	CLEANUP_FREE char *piece = v2v_alloc(1, PIECE);
	struct v2v_error *err = V2V_KERNEL_ERROR(a);
	off_t size = lseek(fd, 0, SEEK_END), at = 0;

	if (size < 0)
		return v2v_fail_errno(err, "cannot read what is written");
	do {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (v2v_pread_all(fd, path, piece, n, (uint64_t)at, err) < 0 ||
			v2v_kernel_write(V2V_KERNEL_OF(a), path, how,
				to + (uint64_t)at, mode, piece, n, err) < 0)
			return -1;
		how = 0;
		at += (off_t)n;
	} while (at < size);
	return 0;
}

static int put(struct v2v_appliance *a, int fd, const char *path)
{
	return put_all(a, fd, path, HOW_NEW, 0, 0644);
}

static int put_at(
	struct v2v_appliance *a, int fd, const char *path, uint64_t offset)
{
	return put_all(a, fd, path, 0, offset, 0);
}

static int truncate_file(
	struct v2v_appliance *a, const char *path, uint64_t size)
{
	return v2v_kernel_truncate(
		V2V_KERNEL_OF(a), path, size, V2V_KERNEL_ERROR(a));
}

/* The server follows a link; this must not. */
static int touch(struct v2v_appliance *a, const char *path)
{
	struct v2v_kernel_stat st;

	if (v2v_kernel_stat(V2V_KERNEL_OF(a), path, false, &st,
		    V2V_KERNEL_ERROR(a)) == 0 &&
		S_ISLNK(st.mode)) {
		v2v_fail(V2V_KERNEL_ERROR(a), "kernel",
			"'%s' is a symbolic link", path);
		V2V_KERNEL_OF(a)->error = ELOOP;
		return -1;
	}
	return v2v_kernel_write(V2V_KERNEL_OF(a), path, V2V_KERNEL_WRITE_CREATE,
		0, 0644, NULL, 0, V2V_KERNEL_ERROR(a));
}

static char *make_temporary(struct v2v_appliance *a, const char *pattern)
{
	char *name = NULL;

	v2v_kernel_mktemp(
		V2V_KERNEL_OF(a), pattern, 0600, &name, V2V_KERNEL_ERROR(a));
	return name;
}

static char *make_temporary_dir(struct v2v_appliance *a, const char *pattern)
{
	char *name = NULL;

	v2v_kernel_mkdtemp(
		V2V_KERNEL_OF(a), pattern, 0700, &name, V2V_KERNEL_ERROR(a));
	return name;
}

static int make_dir(struct v2v_appliance *a, const char *path)
{
	return v2v_kernel_mkdir(
		V2V_KERNEL_OF(a), path, 0755, V2V_KERNEL_ERROR(a));
}

static int set_xattrs(struct v2v_appliance *a, const char *path,
	const struct v2v_list *xattrs)
{
	v2v_list_foreach (const struct v2v_appliance_xattr, xattr, xattrs)
		if (v2v_kernel_set_xattr(V2V_KERNEL_OF(a), path, false,
			    xattr->name, xattr->value, xattr->size,
			    V2V_KERNEL_ERROR(a)) < 0)
			return -1;
	return 0;
}

/* The owner before the mode, whose set-id bits a change of it clears; both
 * before capabilities, which it clears, too. */
static int make_node(struct v2v_appliance *a, const char *path,
	const struct v2v_appliance_node *node)
{
	const struct v2v_appliance_stat *st = node->stat;
	int status = node->link ? v2v_kernel_symlink(V2V_KERNEL_OF(a),
					  node->link, path, V2V_KERNEL_ERROR(a))
				: put_all(a, node->fd, path, HOW_NEW, 0, 0600);

	if (status < 0 ||
		v2v_kernel_chown(V2V_KERNEL_OF(a), path, false, st->uid,
			st->gid, V2V_KERNEL_ERROR(a)) < 0 ||
		(!node->link &&
			v2v_kernel_chmod(V2V_KERNEL_OF(a), path,
				st->mode & 07777, V2V_KERNEL_ERROR(a)) < 0) ||
		(node->xattrs && set_xattrs(a, path, node->xattrs) < 0))
		return -1;
	return v2v_kernel_utimens(V2V_KERNEL_OF(a), path, false,
		st->times.atime, (uint32_t)st->times.atime_ns, st->times.mtime,
		(uint32_t)st->times.mtime_ns, V2V_KERNEL_ERROR(a));
}

static int remove_file(struct v2v_appliance *a, const char *path)
{
	return v2v_kernel_unlink(V2V_KERNEL_OF(a), path, V2V_KERNEL_ERROR(a));
}

static int remove_dir(struct v2v_appliance *a, const char *path)
{
	return v2v_kernel_rmdir(V2V_KERNEL_OF(a), path, V2V_KERNEL_ERROR(a));
}

static int rename_file(
	struct v2v_appliance *a, const char *from, const char *to)
{
	return v2v_kernel_rename(
		V2V_KERNEL_OF(a), from, to, V2V_KERNEL_ERROR(a));
}

const struct v2v_appliance_writing v2v_kernel_writing_ops = {
	.write = write_file,
	.put = put,
	.put_at = put_at,
	.truncate = truncate_file,
	.touch = touch,
	.make_temporary = make_temporary,
	.make_temporary_dir = make_temporary_dir,
	.make_dir = make_dir,
	.make_node = make_node,
	.remove = remove_file,
	.remove_dir = remove_dir,
	.rename = rename_file,
};
