/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems in the small kernel. */
#include "guest/kernel/private.h"
#include "guest/mount-words.h"
#include "model/appliance-names.h"

#include <errno.h>
#include <stdio.h>

/* Bytes of the kernel's log. */
#define MAX_LOG (1U << 20)

/* Is it one of mount(8), which no filesystem knows? */
static bool take_option(const char *option, struct v2v_kernel_mount *mount)
{
	static const char offset[] = "offset=";

	if (strcmp(option, "ro") == 0)
		return mount->read_only = true;
	if (strcmp(option, "loop") == 0)
		return mount->loop = true;
	if (v2v_starts_with(option, offset) &&
		v2v_parse_u64(option + strlen(offset), &mount->offset))
		return mount->loop = true;
	return strcmp(option, "noatime") == 0;
}

/* What is left of them; the caller's. */
static char *take_options(const char *options, struct v2v_kernel_mount *mount)
{
	struct v2v_text own = { 0 };

	for (const char *s = options; *s;) {
		size_t n = strcspn(s, ",");
		CLEANUP_FREE char *option = v2v_strndup(s, n);

		if (n && !take_option(option, mount))
			v2v_text_addf(
				&own, "%s%s", own.length ? "," : "", option);
		s += n + (s[n] == ',');
	}
	return own.data ? own.data : v2v_strdup("");
}

/* "/dev/sda1" of "/dev/sda1/@/a"; of LVM's and the mapper's one part more.
 * @name begins with "/dev/". */
static size_t device_length(const char *name)
{
	const char *at = name + strlen("/dev/");
	bool is_plain = v2v_starts_with(at, "sd") ||
			(v2v_starts_with(at, "md") && at[2] != '/');

	at += strcspn(at, "/");
	if (!is_plain && *at)
		at += 1 + strcspn(at + 1, "/");
	return (size_t)(at - name);
}

/* Arrays run read-only until something is to be written. */
static void write_arrays(struct v2v_appliance *a)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);
	struct v2v_list arrays CLEANUP_STRINGS = { 0 };

	if (guest->is_writing)
		return;
	guest->is_writing = true;
	v2v_kernel_devices_ops.list_arrays(a, &arrays);
	v2v_list_foreach (char *, array, &arrays)
		v2v_kernel_md_writable(
			&guest->kernel, *array, V2V_KERNEL_ERROR(a));
}

static void add_replayed(struct v2v_appliance *a, const char *device)
{
	v2v_list_foreach (char *, known, &a->replayed)
		if (strcmp(*known, device) == 0)
			return;
	v2v_list_add_string(&a->replayed, device);
}

static int do_mount(struct v2v_appliance *a, struct v2v_kernel_mount *mount)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	snprintf(guest->tried, sizeof guest->tried, "%s",
		v2v_base_name(mount->device));
	if (v2v_kernel_mount(&guest->kernel, mount, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	if (mount->replayed)
		add_replayed(a, mount->device);
	return 0;
}

static int mount_device(struct v2v_appliance *a, const char *type,
	const char *options, const char *device, const char *path)
{
	const char *name = v2v_appliance_is_subvolume(device);
	bool is_device = v2v_starts_with(name ? name : device, "/dev/");
	size_t length = name && is_device ? device_length(name) : 0;
	struct v2v_kernel_mount mount = {
		.type = name ? "btrfs" : type,
		.directory = path,
	};
	CLEANUP_FREE char *own = take_options(options, &mount);
	CLEANUP_FREE char *plain =
		name ? v2v_strndup(name, length) : v2v_strdup(device);
	CLEANUP_FREE char *with_subvolume = NULL;

	if (!is_device)
		return v2v_fail(V2V_KERNEL_ERROR(a), "kernel",
			"'%s' is not a device", device);
	if (name && (!name[length] || strchr(name + length, ',')))
		return v2v_fail(V2V_KERNEL_ERROR(a), "kernel",
			"a subvolume's name cannot be an option of a mount");
	if (name)
		with_subvolume = v2v_format("%s%ssubvol=%s", own,
			*own ? "," : "", name + length + 1);
	mount.device = plain;
	mount.options = with_subvolume ? with_subvolume : own;
	if (!mount.read_only)
		write_arrays(a);
	return do_mount(a, &mount);
}

static int mount_image(
	struct v2v_appliance *a, const char *image, const char *path)
{
	struct v2v_kernel_mount mount = {
		.device = image,
		.directory = path,
		.read_only = true,
		.is_file = true,
	};

	return do_mount(a, &mount);
}

/* The kernel calls the machine's disks otherwise, and an image a loop device:
 * "EXT4-fs (vdc2): …". */
static char *with_own_name(
	const struct v2v_kernel_guest *guest, const char *reason)
{
	const char *disk = strstr(reason, "(vd");
	const char *name = disk ? disk : strstr(reason, "(loop");
	size_t end = name ? strcspn(name, ")") : 0;

	if (!name || !name[end] || !*guest->tried)
		return v2v_strdup(reason);
	return v2v_format("%.*s(%s%s", (int)(name - reason), reason,
		guest->tried, name + end);
}

static void mount_words(
	struct v2v_appliance *a, char **ret_reason, bool *ret_unsupported)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *log = NULL, *words = NULL;
	size_t length, seen;

	*ret_reason = NULL;
	*ret_unsupported = guest->kernel.error == ENODEV ||
			   guest->kernel.error == EMEDIUMTYPE ||
			   guest->kernel.error == EOPNOTSUPP;
	if (!*ret_unsupported &&
		v2v_kernel_dmesg(&guest->kernel, MAX_LOG, &log, &err) == 0) {
		length = strlen(log);
		seen = guest->log_seen <= length ? guest->log_seen : 0;
		guest->log_seen = length;
		words = v2v_mount_words(log + seen, ret_unsupported);
		*ret_reason = words ? with_own_name(guest, words) : NULL;
	}
	if (guest->kernel.error == ENODEV)
		*ret_reason = v2v_strdup("this kernel has no driver for it");
	if (guest->kernel.error == EMEDIUMTYPE)
		*ret_reason = v2v_strdup("no filesystem is known there");
	if (!*ret_reason)
		*ret_reason = v2v_strndup(
			guest->err.text, strcspn(guest->err.text, "\n"));
}

static int bind_to(struct v2v_appliance *a, const char *from, const char *path)
{
	return v2v_kernel_bind(
		V2V_KERNEL_OF(a), from, path, V2V_KERNEL_ERROR(a));
}

static int bind_root(struct v2v_appliance *a, const char *directory)
{
	return v2v_kernel_bind(
		V2V_KERNEL_OF(a), directory, "/", V2V_KERNEL_ERROR(a));
}

static int unmount(struct v2v_appliance *a, const char *path)
{
	return v2v_kernel_umount(V2V_KERNEL_OF(a), path, V2V_KERNEL_ERROR(a));
}

static int unmount_all(struct v2v_appliance *a)
{
	return v2v_kernel_umount_all(V2V_KERNEL_OF(a), V2V_KERNEL_ERROR(a));
}

static int get_space(
	struct v2v_appliance *a, const char *path, struct v2v_statvfs *space)
{
	struct v2v_kernel_statvfs st = { 0 };

	if (v2v_kernel_statvfs(
		    V2V_KERNEL_OF(a), path, &st, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	*space = (struct v2v_statvfs){
		.bsize = (int64_t)st.bsize,
		.blocks = (int64_t)st.blocks,
		.bfree = (int64_t)st.bfree,
		.bavail = (int64_t)st.bavail,
		.files = (int64_t)st.files,
		.ffree = (int64_t)st.ffree,
	};
	return 0;
}

static int trim(struct v2v_appliance *a, const char *path)
{
	uint64_t bytes = 0;

	return v2v_kernel_trim(
		V2V_KERNEL_OF(a), path, &bytes, V2V_KERNEL_ERROR(a));
}

static int is_read_only(struct v2v_appliance *a, const char *path)
{
	bool is = false;

	if (v2v_kernel_btrfs_get_read_only(
		    V2V_KERNEL_OF(a), path, &is, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	return is;
}

static int set_read_only(
	struct v2v_appliance *a, const char *path, bool read_only)
{
	return v2v_kernel_btrfs_set_read_only(
		V2V_KERNEL_OF(a), path, read_only, V2V_KERNEL_ERROR(a));
}

const struct v2v_appliance_mounts v2v_kernel_mounts_ops = {
	.mount = mount_device,
	.why = mount_words,
	.mount_image = mount_image,
	.bind = bind_to,
	.bind_root = bind_root,
	.unmount = unmount,
	.unmount_all = unmount_all,
	.space = get_space,
	.trim = trim,
	.is_read_only = is_read_only,
	.set_read_only = set_read_only,
};
