/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest are read. */
#include "core/file.h"
#include "guest/kernel/private.h"

/* Bytes of one reply: the server's buffer is as large, and in UML the first use
 * of each of its pages costs more than some more calls. */
#define PIECE (256U << 10)

static void take_stat(
	const struct v2v_kernel_stat *st, struct v2v_appliance_stat *ret_stat)
{
	*ret_stat = (struct v2v_appliance_stat){
		.mode = st->mode,
		.uid = st->uid,
		.gid = st->gid,
		.device = st->device,
		.inode = st->inode,
		.links = st->links,
		.size = (int64_t)st->size,
		.times = { st->atime, st->atime_ns, st->mtime, st->mtime_ns },
	};
}

static int get_stat(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat)
{
	struct v2v_kernel_stat st = { 0 };

	if (v2v_kernel_stat(
		    V2V_KERNEL_OF(a), path, true, &st, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	take_stat(&st, ret_stat);
	return 0;
}

static int get_lstat(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat)
{
	struct v2v_kernel_stat st = { 0 };

	if (v2v_kernel_stat(V2V_KERNEL_OF(a), path, false, &st,
		    V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	take_stat(&st, ret_stat);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_names(
	struct v2v_appliance *a, const char *directory, struct v2v_list *names)
{
	struct v2v_list found CLEANUP_STRINGS = { 0 };
	size_t before = names->count;
	int status = v2v_kernel_list(
		V2V_KERNEL_OF(a), directory, &found, NULL, V2V_KERNEL_ERROR(a));

	v2v_list_foreach (char *, name, &found)
		v2v_list_add_string(names, *name);
	if (names->count > before)
		qsort(v2v_items(char *, names) + before, names->count - before,
			sizeof(char *), by_name);
	return status;
}

static int expand(
	struct v2v_appliance *a, const char *pattern, struct v2v_list *names)
{
	return v2v_kernel_glob(V2V_KERNEL_OF(a), pattern, true, names, NULL,
		V2V_KERNEL_ERROR(a));
}

static char *resolve(struct v2v_appliance *a, const char *path)
{
	char *real = NULL;

	v2v_kernel_realpath(V2V_KERNEL_OF(a), path, &real, V2V_KERNEL_ERROR(a));
	return real;
}

static char *read_link(struct v2v_appliance *a, const char *path)
{
	char *target = NULL;

	v2v_kernel_readlink(
		V2V_KERNEL_OF(a), path, &target, V2V_KERNEL_ERROR(a));
	return target;
}

static ssize_t read_file(struct v2v_appliance *a, const char *path,
	uint64_t offset, void *data, size_t size)
{
	struct v2v_text bytes CLEANUP_TEXT = { 0 };

	if (v2v_kernel_read(V2V_KERNEL_OF(a), path, offset, size, &bytes,
		    V2V_KERNEL_ERROR(a)) < 0 ||
		bytes.length > size)
		return -1;
	if (bytes.length)
		memcpy(data, bytes.data, bytes.length);
	return (ssize_t)bytes.length;
}

static int fetch(struct v2v_appliance *a, const char *path, int fd)
{
	uint64_t at = 0;
	size_t got;

	do {
		struct v2v_text bytes CLEANUP_TEXT = { 0 };
		struct v2v_error *err = V2V_KERNEL_ERROR(a);

		if (v2v_kernel_read(V2V_KERNEL_OF(a), path, at, PIECE, &bytes,
			    err) < 0 ||
			v2v_write_all(fd, path, bytes.data, bytes.length, err) <
				0)
			return -1;
		got = bytes.length;
		at += got;
	} while (got == PIECE);
	return 0;
}

static char *sha1(struct v2v_appliance *a, const char *path)
{
	char *sum = NULL;

	v2v_kernel_sha1(V2V_KERNEL_OF(a), path, &sum, V2V_KERNEL_ERROR(a));
	return sum;
}

const struct v2v_appliance_files v2v_kernel_files_ops = {
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
