/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest are written. */
#include "guest/libguestfs/private.h"

static int write_file(struct v2v_appliance *a, const char *path,
	const void *data, size_t size)
{
	return guestfs_write(v2v_guestfs(a), path, data, size);
}

static int put(struct v2v_appliance *a, int fd, const char *path)
{
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", fd);

	return guestfs_upload(v2v_guestfs(a), from, path);
}

static int put_at(
	struct v2v_appliance *a, int fd, const char *path, uint64_t offset)
{
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", fd);

	return guestfs_upload_offset(
		v2v_guestfs(a), from, path, (int64_t)offset);
}

static int truncate_file(
	struct v2v_appliance *a, const char *path, uint64_t size)
{
	return guestfs_truncate_size(v2v_guestfs(a), path, (int64_t)size);
}

static int touch(struct v2v_appliance *a, const char *path)
{
	return guestfs_touch(v2v_guestfs(a), path);
}

static char *make_temporary(struct v2v_appliance *a, const char *pattern)
{
	return guestfs_mktemp(v2v_guestfs(a), pattern, -1);
}

static char *make_temporary_dir(struct v2v_appliance *a, const char *pattern)
{
	return guestfs_mkdtemp(v2v_guestfs(a), pattern);
}

static int make_dir(struct v2v_appliance *a, const char *path)
{
	return guestfs_mkdir(v2v_guestfs(a), path);
}

static int remove_file(struct v2v_appliance *a, const char *path)
{
	return guestfs_rm(v2v_guestfs(a), path);
}

static int remove_dir(struct v2v_appliance *a, const char *path)
{
	return guestfs_rmdir(v2v_guestfs(a), path);
}

static int rename_file(
	struct v2v_appliance *a, const char *from, const char *to)
{
	return guestfs_rename(v2v_guestfs(a), from, to);
}

const struct v2v_appliance_writing v2v_libguestfs_writing = {
	.write = write_file,
	.put = put,
	.put_at = put_at,
	.truncate = truncate_file,
	.touch = touch,
	.make_temporary = make_temporary,
	.make_temporary_dir = make_temporary_dir,
	.make_dir = make_dir,
	.make_node = v2v_libguestfs_make_node,
	.remove = remove_file,
	.remove_dir = remove_dir,
	.rename = rename_file,
};
