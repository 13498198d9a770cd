/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices of the small kernel. */
#include "guest/kernel/private.h"
#include "model/appliance-names.h"

typedef bool is_wanted(const struct v2v_kernel_device *device);

static bool is_array(const struct v2v_kernel_device *device)
{
	return *device->md_level && !device->partition;
}

static bool is_partition(const struct v2v_kernel_device *device)
{
	return device->partition != 0;
}

/* LVM's are volumes, or parts of them. */
static bool is_mapped(const struct v2v_kernel_device *device)
{
	return *device->dm_name && !v2v_starts_with(device->dm_uuid, "LVM-");
}

/* "/dev/sda9" before "/dev/sda10" before "/dev/sdb". */
static int by_number(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static int list_some(
	struct v2v_appliance *a, is_wanted *wanted, struct v2v_list *names)
{
	struct v2v_list devices CLEANUP_DEVICES = { 0 };
	size_t before = names->count;

	if (v2v_kernel_devices(
		    V2V_KERNEL_OF(a), &devices, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_kernel_device, device, &devices)
		if (wanted(device))
			v2v_list_add_string(names, device->name);
	if (names->count > before)
		qsort(v2v_items(char *, names) + before, names->count - before,
			sizeof(char *), by_number);
	return 0;
}

/* By what they are, not by what has data: in the drives' order. */
static int list_disks(struct v2v_appliance *a, struct v2v_list *names)
{
	const struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	for (size_t i = 0; i < guest->config.drives->count; i++) {
		CLEANUP_FREE char *name = v2v_appliance_disk(i, 0);

		v2v_list_add_string(names, name);
	}
	return 0;
}

static int list_partitions(struct v2v_appliance *a, struct v2v_list *names)
{
	return list_some(a, is_partition, names);
}

static int list_arrays(struct v2v_appliance *a, struct v2v_list *names)
{
	return list_some(a, is_array, names);
}

static int list_mapped(struct v2v_appliance *a, struct v2v_list *names)
{
	return list_some(a, is_mapped, names);
}

/* An active volume, by its own name: its parts have the mapper's. */
static bool is_volume(const struct v2v_kernel_device *device)
{
	return v2v_starts_with(device->dm_uuid, "LVM-") &&
	       !v2v_starts_with(device->name, "/dev/mapper/");
}

/* lvs(8) takes a tenth of a second, and is needed for those alone that cannot
 * be active. */
static int list_logical(struct v2v_appliance *a, struct v2v_list *names)
{
	struct v2v_list volumes = { 0 };
	size_t before = names->count;
	int status;

	if (v2v_kernel_guest_of(a)->lvm_complete)
		return list_some(a, is_volume, names);
	status = v2v_kernel_has_any(a, "LVM2_member");
	if (status <= 0)
		return status;
	status = v2v_kernel_lvm_list(
		V2V_KERNEL_OF(a), &volumes, V2V_KERNEL_ERROR(a));
	v2v_list_foreach (const struct v2v_kernel_volume, volume, &volumes) {
		CLEANUP_FREE char *name =
			v2v_format("/dev/%s/%s", volume->group, volume->name);

		v2v_list_add_string(names, name);
	}
	if (names->count > before)
		qsort(v2v_items(char *, names) + before, names->count - before,
			sizeof(char *), by_number);
	v2v_kernel_volumes_clear(&volumes);
	return status;
}

static int probe_one(
	struct v2v_appliance *a, const char *device, struct v2v_list *probes)
{
	struct v2v_error *err = V2V_KERNEL_ERROR(a);
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	const struct v2v_kernel_probe *probe;

	v2v_list_add_string(&names, device);
	if (v2v_kernel_probe(V2V_KERNEL_OF(a), &names, probes, err) < 0)
		return -1;
	probe = probes->items;
	if (probes->count == 1 && probe->error == 0)
		return 0;
	V2V_KERNEL_OF(a)->error = probes->count ? probe->error : 0;
	return v2v_fail(err, "kernel", "'%s' cannot be read", device);
}

static int get_tags(
	struct v2v_appliance *a, const char *device, struct v2v_list *tags)
{
	struct v2v_list probes CLEANUP_PROBES = { 0 };
	const struct v2v_kernel_probe *probe;

	if (probe_one(a, device, &probes) < 0)
		return -1;
	probe = probes.items;
	v2v_list_foreach (const struct v2v_kernel_tag, tag, &probe->tags)
		v2v_appliance_tag_add(tags, tag->name, tag->value);
	return 0;
}

static char *get_tag(
	struct v2v_appliance *a, const char *device, const char *name)
{
	struct v2v_list probes CLEANUP_PROBES = { 0 };

	if (probe_one(a, device, &probes) < 0)
		return NULL;
	return v2v_strdup(v2v_kernel_tag(probes.items, name));
}

/* hda, vda and xvda are sda. */
static char *canonical(struct v2v_appliance *a, const char *name)
{
	static const char *const others[] = { "/dev/hd", "/dev/vd",
		"/dev/xvd" };
	struct v2v_list devices CLEANUP_DEVICES = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (v2v_starts_with(name, others[i]))
			return v2v_format(
				"/dev/sd%s", name + strlen(others[i]));
	if (!v2v_starts_with(name, "/dev/mapper/"))
		return v2v_strdup(name);
	v2v_kernel_devices(V2V_KERNEL_OF(a), &devices, V2V_KERNEL_ERROR(a));
	v2v_list_foreach (const struct v2v_kernel_device, device, &devices)
		if (strcmp(device->dm_name, name + strlen("/dev/mapper/")) == 0)
			return v2v_strdup(device->name);
	return v2v_strdup(name);
}

static ssize_t read_device(struct v2v_appliance *a, const char *device,
	uint64_t offset, void *data, size_t size)
{
	struct v2v_text bytes CLEANUP_TEXT = { 0 };

	if (v2v_kernel_read_device(V2V_KERNEL_OF(a), device, offset, size,
		    &bytes, V2V_KERNEL_ERROR(a)) < 0 ||
		bytes.length > size)
		return -1;
	if (bytes.length)
		memcpy(data, bytes.data, bytes.length);
	return (ssize_t)bytes.length;
}

static int unlock(struct v2v_appliance *a, const char *device, const char *key,
	const char *name)
{
	CLEANUP_FREE char *type = get_tag(a, device, "TYPE");

	return v2v_kernel_crypt_open(V2V_KERNEL_OF(a), device, name,
		v2v_streq(type, "BitLocker") ? "bitlk" : "luks", false, key,
		strlen(key), V2V_KERNEL_ERROR(a));
}

const struct v2v_appliance_devices v2v_kernel_devices_ops = {
	.list_disks = list_disks,
	.list_partitions = list_partitions,
	.list_arrays = list_arrays,
	.list_mapped = list_mapped,
	.list_logical = list_logical,
	.tags = get_tags,
	.tag = get_tag,
	.array = v2v_kernel_get_array,
	.start_arrays = v2v_kernel_start_arrays,
	.scan_lvm = v2v_kernel_scan_lvm,
	.subvolumes = v2v_kernel_list_subvolumes,
	.canonical = canonical,
	.read = read_device,
	.unlock = unlock,
};
