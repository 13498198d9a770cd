/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest. */
#include "kernel/client-private.h"

static int64_t flags_of(const struct v2v_kernel_mount *mount)
{
	uint32_t flags = 0;

	if (mount->read_only)
		flags |= V2V_KERNEL_MOUNT_READ_ONLY;
	if (mount->is_file)
		flags |= V2V_KERNEL_MOUNT_FILE;
	if (mount->loop)
		flags |= V2V_KERNEL_MOUNT_LOOP;
	return flags;
}

int v2v_kernel_mount(struct v2v_kernel_client *kernel,
	struct v2v_kernel_mount *mount, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(MOUNT, mount->type ? mount->type : "",
			mount->device, mount->directory, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;
	uint32_t facts;

	ask.what = mount->device;
	v2v_kernel_ask_number(&ask, flags_of(mount));
	v2v_kernel_ask_string(&ask, mount->options ? mount->options : "");
	v2v_kernel_ask_number(&ask, (int64_t)mount->offset);
	if (v2v_kernel_send(kernel, &ask, "mount", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	facts = v2v_decode_u32(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	mount->replayed = facts & V2V_KERNEL_MOUNT_REPLAYED;
	return 0;
}

int v2v_kernel_umount(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(UMOUNT, path, NULL);

	return v2v_kernel_send(kernel, &ask, "unmount", NULL, err);
}

int v2v_kernel_umount_all(
	struct v2v_kernel_client *kernel, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(UMOUNT_ALL, NULL);

	return v2v_kernel_send(kernel, &ask, "unmount all", NULL, err);
}

int v2v_kernel_bind(struct v2v_kernel_client *kernel, const char *from,
	const char *path, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(BIND, from, path, NULL);

	return v2v_kernel_send(kernel, &ask, "mount once more", NULL, err);
}

static void read_mounted(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_mounted *mounted = entry;

	mounted->device = v2v_decode_string(in);
	mounted->directory = v2v_decode_string(in);
	mounted->type = v2v_decode_string(in);
	mounted->options = v2v_decode_string(in);
}

void v2v_kernel_mounts_clear(struct v2v_list *mounts)
{
	v2v_list_foreach (struct v2v_kernel_mounted, mounted, mounts) {
		free(mounted->device);
		free(mounted->directory);
		free(mounted->type);
		free(mounted->options);
	}
	free(mounts->items);
	*mounts = (struct v2v_list){ 0 };
}

int v2v_kernel_mounts(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_mounts, struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_mounted,
		v2v_kernel_mounts_clear, sizeof(struct v2v_kernel_mounted),
		16 };
	struct v2v_kernel_ask ask = v2v_kernel_ask(MOUNTS, NULL);

	return v2v_kernel_send_list(
		kernel, &ask, "list mounts", &lister, ret_mounts, NULL, err);
}

int v2v_kernel_statvfs(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_kernel_statvfs *ret_statvfs, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(STATVFS, path, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_kernel_statvfs s = { 0 };
	uint64_t *const members[] = { &s.bsize, &s.frsize, &s.blocks, &s.bfree,
		&s.bavail, &s.files, &s.ffree, &s.favail, &s.fsid, &s.flag,
		&s.namemax };
	struct v2v_decode in;

	if (v2v_kernel_send(kernel, &ask, "measure", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		*members[i] = v2v_decode_u64(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_statvfs = s;
	return 0;
}

int v2v_kernel_trim(struct v2v_kernel_client *kernel, const char *path,
	uint64_t *ret_bytes, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(TRIM, path, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;
	uint64_t bytes;

	if (v2v_kernel_send(kernel, &ask, "trim", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	bytes = v2v_decode_u64(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_bytes = bytes;
	return 0;
}
