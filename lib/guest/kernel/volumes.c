/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the small kernel puts together from devices: MD arrays, LVM, btrfs. */
#include "guest/kernel/private.h"

#define MAX_MEMBERS 4096

int v2v_kernel_has_any(struct v2v_appliance *a, const char *type)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);
	struct v2v_list devices CLEANUP_DEVICES = { 0 };
	struct v2v_list probes CLEANUP_PROBES = { 0 };
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	bool found = false, lacking = false;

	if (v2v_kernel_devices(
		    V2V_KERNEL_OF(a), &devices, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_kernel_device, device, &devices)
		v2v_list_add_string(&names, device->name);
	if (v2v_kernel_probe(
		    V2V_KERNEL_OF(a), &names, &probes, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_kernel_probe, probe, &probes) {
		bool is = v2v_streq(v2v_kernel_tag(probe, "TYPE"), type);
		bool lacks = v2v_kernel_tag(probe, "LACKS_RAID6");

		found |= is;
		lacking |= is && lacks;
		guest->lacks_raid6 |= lacks;
	}
	/* Its first write would be the end of this kernel. */
	if (lacking)
		return v2v_fail(V2V_KERNEL_ERROR(a), "kernel",
			"the small kernel was started without RAID 6");
	return found;
}

/* "MD_UUID=a:b:c:d" of mdadm --detail --export. */
static char *md_value(const char *output, const char *key)
{
	const char *at = strstr(output, key);

	if (!at || (at > output && at[-1] != '\n'))
		return NULL;
	at += strlen(key);
	return v2v_strndup(at, strcspn(at, "\n"));
}

static int count_members(struct v2v_appliance *a, const char *device,
	struct v2v_appliance_array *array)
{
	struct v2v_list devices CLEANUP_DEVICES = { 0 };

	if (v2v_kernel_devices(
		    V2V_KERNEL_OF(a), &devices, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_kernel_device, one, &devices)
		if (strcmp(one->name, device) == 0 &&
			one->md_disks < MAX_MEMBERS) {
			array->members = one->md_disks;
			array->present = (unsigned)one->slaves.count;
		}
	return 0;
}

int v2v_kernel_get_array(struct v2v_appliance *a, const char *device,
	struct v2v_appliance_array *array)
{
	CLEANUP_FREE char *output = NULL;

	if (v2v_kernel_md_detail(
		    V2V_KERNEL_OF(a), device, &output, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	array->uuid = md_value(output, "MD_UUID=");
	array->name = md_value(output, "MD_NAME=");
	return count_members(a, device, array);
}

/* All that can be started was at the beginning; but one may lie on what was
 * opened since. */
int v2v_kernel_start_arrays(struct v2v_appliance *a)
{
	const struct v2v_appliance_devices *devices = a->ops->devices;
	struct v2v_list before CLEANUP_STRINGS = { 0 };
	struct v2v_list after CLEANUP_STRINGS = { 0 };
	int status = v2v_kernel_has_any(a, "linux_raid_member");

	if (status <= 0)
		return status;
	if (devices->list_arrays(a, &before) < 0 ||
		v2v_kernel_md_assemble(
			V2V_KERNEL_OF(a), NULL, V2V_KERNEL_ERROR(a)) < 0 ||
		devices->list_arrays(a, &after) < 0)
		return -1;
	return after.count > before.count;
}

int v2v_kernel_scan_lvm(struct v2v_appliance *a)
{
	CLEANUP_FREE char *said = NULL;
	int status = v2v_kernel_has_any(a, "LVM2_member");

	if (status <= 0)
		return status;
	status = v2v_kernel_lvm_activate(V2V_KERNEL_OF(a),
		&v2v_kernel_guest_of(a)->lvm_complete, &said,
		V2V_KERNEL_ERROR(a));
	if (said)
		v2v_debug(a->v, "lvm", "lvm: %s", said);
	/* What lies on the volumes. */
	return status < 0 || v2v_kernel_has_any(a, "btrfs") < 0 ? -1 : 0;
}

static int add_subvolumes(
	struct v2v_appliance *a, const char *path, struct v2v_list *paths)
{
	struct v2v_list found = { 0 };
	int status = v2v_kernel_btrfs_subvolumes(
		V2V_KERNEL_OF(a), path, &found, V2V_KERNEL_ERROR(a));

	v2v_list_foreach (const struct v2v_kernel_subvolume, subvolume, &found)
		v2v_list_add_string(paths, subvolume->path);
	v2v_kernel_subvolumes_clear(&found);
	return status;
}

/* Where @device is mounted, the caller's; NULL: nowhere that is known. */
static int find_mounted(
	struct v2v_appliance *a, const char *device, char **ret_path)
{
	struct v2v_list mounted = { 0 };
	int status = v2v_kernel_mounts(
		V2V_KERNEL_OF(a), &mounted, V2V_KERNEL_ERROR(a));

	v2v_list_foreach (const struct v2v_kernel_mounted, mount, &mounted)
		if (!*ret_path && strcmp(mount->device, device) == 0)
			*ret_path = v2v_strdup(mount->directory);
	v2v_kernel_mounts_clear(&mounted);
	return status;
}

/* Unmount it; that the operation before failed is what counts. */
static int unmount_again(struct v2v_appliance *a, int status)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);
	struct v2v_error *err = &guest->err, own = { 0 };
	int error = guest->kernel.error;

	if (status == 0)
		return v2v_kernel_umount(&guest->kernel, "/", err);
	v2v_kernel_umount(&guest->kernel, "/", &own);
	guest->kernel.error = error;
	return -1;
}

/* What is not mounted is, for this alone, over what is at "/". */
int v2v_kernel_list_subvolumes(
	struct v2v_appliance *a, const char *device, struct v2v_list *paths)
{
	struct v2v_kernel_mount mount = {
		.type = "btrfs",
		.device = device,
		.directory = "/",
		.read_only = true,
	};
	CLEANUP_FREE char *path = NULL;

	if (find_mounted(a, device, &path) < 0)
		return -1;
	if (path)
		return add_subvolumes(a, path, paths);
	if (v2v_kernel_mount(V2V_KERNEL_OF(a), &mount, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	return unmount_again(a, add_subvolumes(a, "/", paths));
}
