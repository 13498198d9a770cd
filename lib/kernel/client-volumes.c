/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays, logical volumes, encryption, btrfs. */
#include "kernel/client-private.h"

int v2v_kernel_md_assemble(struct v2v_kernel_client *kernel, char **ret_said,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MD_ASSEMBLE, NULL);

	return v2v_kernel_send_text(
		kernel, &ask, "start the arrays", ret_said, err);
}

int v2v_kernel_md_detail(struct v2v_kernel_client *kernel, const char *device,
	char **ret_said, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MD_DETAIL, device, NULL);

	return v2v_kernel_send_text(
		kernel, &ask, "describe the array", ret_said, err);
}

int v2v_kernel_md_writable(struct v2v_kernel_client *kernel, const char *device,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MD_WRITABLE, device, NULL);

	return v2v_kernel_send(kernel, &ask, "write to", NULL, err);
}

int v2v_kernel_lvm_activate(struct v2v_kernel_client *kernel,
	bool *ret_complete, char **ret_said, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(LVM_ACTIVATE, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *said = NULL;
	struct v2v_decode in;
	uint32_t status;
	size_t length;

	if (v2v_kernel_send(
		    kernel, &ask, "activate logical volumes", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	status = v2v_decode_u32(&in);
	said = v2v_decode_blob(&in, &length);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_complete = status == 0;
	if (ret_said)
		*ret_said = v2v_take(said);
	return 0;
}

static void read_volume(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_volume *volume = entry;

	volume->group = v2v_decode_string(in);
	volume->name = v2v_decode_string(in);
}

void v2v_kernel_volumes_clear(struct v2v_list *volumes)
{
	v2v_list_foreach (struct v2v_kernel_volume, volume, volumes) {
		free(volume->group);
		free(volume->name);
	}
	free(volumes->items);
	*volumes = (struct v2v_list){ 0 };
}

int v2v_kernel_lvm_list(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_volumes, struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_volume,
		v2v_kernel_volumes_clear, sizeof(struct v2v_kernel_volume), 8 };
	struct v2v_kernel_ask ask = v2v_kernel_ask(LVM_LIST, NULL);

	return v2v_kernel_send_list(kernel, &ask, "list logical volumes",
		&lister, ret_volumes, NULL, err);
}

int v2v_kernel_crypt_open(struct v2v_kernel_client *kernel, const char *device,
	const char *name, const char *type, bool read_only, const void *key,
	size_t size, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(CRYPT_OPEN, device, name, type, NULL);

	v2v_kernel_ask_number(&ask, read_only);
	v2v_kernel_ask_data(&ask, key, size);
	/* What cryptsetup says where it succeeds does not matter. */
	return v2v_kernel_send_text(kernel, &ask, "open", NULL, err);
}

static void read_subvolume(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_subvolume *subvolume = entry;

	subvolume->id = v2v_decode_u64(in);
	subvolume->parent = v2v_decode_u64(in);
	subvolume->path = v2v_decode_string(in);
}

void v2v_kernel_subvolumes_clear(struct v2v_list *subvolumes)
{
	v2v_list_foreach (struct v2v_kernel_subvolume, subvolume, subvolumes)
		free(subvolume->path);
	free(subvolumes->items);
	*subvolumes = (struct v2v_list){ 0 };
}

int v2v_kernel_btrfs_subvolumes(struct v2v_kernel_client *kernel,
	const char *path, struct v2v_list *ret_subvolumes,
	struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_subvolume,
		v2v_kernel_subvolumes_clear,
		sizeof(struct v2v_kernel_subvolume), 20 };
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(BTRFS_SUBVOLUMES, path, NULL);

	return v2v_kernel_send_list(kernel, &ask, "list the subvolumes of",
		&lister, ret_subvolumes, NULL, err);
}

int v2v_kernel_btrfs_get_read_only(struct v2v_kernel_client *kernel,
	const char *path, bool *ret_read_only, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(BTRFS_GET_READ_ONLY, path, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;
	bool value;

	if (v2v_kernel_send(kernel, &ask, "read the subvolume", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	value = v2v_decode_u8(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_read_only = value;
	return 0;
}

int v2v_kernel_btrfs_set_read_only(struct v2v_kernel_client *kernel,
	const char *path, bool read_only, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(BTRFS_SET_READ_ONLY, path, NULL);

	v2v_kernel_ask_number(&ask, read_only);
	return v2v_kernel_send(kernel, &ask, "mark the subvolume", NULL, err);
}
