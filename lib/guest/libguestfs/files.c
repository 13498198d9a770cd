/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest are read. */
#include "guest/libguestfs/private.h"

static int take_stat(
	struct guestfs_statns *st, struct v2v_appliance_stat *ret_stat)
{
	if (!st)
		return -1;
	*ret_stat = (struct v2v_appliance_stat){
		.mode = (uint32_t)st->st_mode,
		.uid = (uint32_t)st->st_uid,
		.gid = (uint32_t)st->st_gid,
		.device = (uint64_t)st->st_dev,
		.inode = (uint64_t)st->st_ino,
		.links = (uint64_t)st->st_nlink,
		.size = st->st_size,
		.times = { st->st_atime_sec, st->st_atime_nsec,
			st->st_mtime_sec, st->st_mtime_nsec },
	};
	guestfs_free_statns(st);
	return 0;
}

/* guestfs_is_file() and similar calls fork a process in the appliance for each
 * name; stat and lstat do not, and are some eight times as quick. */
static int get_stat(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat)
{
	return take_stat(guestfs_statns(v2v_guestfs(a), path), ret_stat);
}

static int get_lstat(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat)
{
	return take_stat(guestfs_lstatns(v2v_guestfs(a), path), ret_stat);
}

static int list_names(
	struct v2v_appliance *a, const char *directory, struct v2v_list *names)
{
	return v2v_libguestfs_take(
		guestfs_ls(v2v_guestfs(a), directory), names);
}

static int expand(
	struct v2v_appliance *a, const char *pattern, struct v2v_list *names)
{
	return v2v_libguestfs_take(
		guestfs_glob_expand_opts(v2v_guestfs(a), pattern, -1), names);
}

static char *resolve(struct v2v_appliance *a, const char *path)
{
	return guestfs_realpath(v2v_guestfs(a), path);
}

static char *read_link(struct v2v_appliance *a, const char *path)
{
	return guestfs_readlink(v2v_guestfs(a), path);
}

static ssize_t read_file(struct v2v_appliance *a, const char *path,
	uint64_t offset, void *data, size_t size)
{
	size_t got = 0;
	CLEANUP_FREE char *bytes = guestfs_pread(
		v2v_guestfs(a), path, (int)size, (int64_t)offset, &got);

	if (!bytes || got > size)
		return -1;
	memcpy(data, bytes, got);
	return (ssize_t)got;
}

static int fetch(struct v2v_appliance *a, const char *path, int fd)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);

	return guestfs_download(v2v_guestfs(a), path, name);
}

static char *sha1(struct v2v_appliance *a, const char *path)
{
	return guestfs_checksum(v2v_guestfs(a), "sha1", path);
}

const struct v2v_appliance_files v2v_libguestfs_files = {
	.stat = get_stat,
	.lstat = get_lstat,
	.list = list_names,
	.glob = expand,
	.resolve = resolve,
	.read_link = read_link,
	.read = read_file,
	.fetch = fetch,
	.sha1 = sha1,
};
