/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Old names of block devices to new ones. */
#include "model/devices.h"

#define DEV "/dev/"

const char *v2v_devices_prefix(const char *block_bus)
{
	if (v2v_streq(block_bus, "virtio-blk"))
		return "vd";
	return "sd";
}

char *v2v_devices_old_name(const struct v2v_source *source, size_t index)
{
	const struct v2v_disk *disks = source->disks.items;
	bool nvme = v2v_streq(disks[index].controller, "nvme");
	CLEANUP_FREE char *letters = NULL;
	size_t before = 0;

	for (size_t i = 0; i < index; i++)
		before += v2v_streq(disks[i].controller, "nvme") == nvme;
	/* One controller, as VMware makes it. */
	if (nvme)
		return v2v_format("nvme0n%zu", before + 1);
	letters = v2v_devices_letters(before);
	return v2v_format("sd%s", letters);
}

/* "/dev/PREFIXb3" for disk 1, partition 3 */
static char *build_name(const char *prefix, size_t disk, unsigned partition)
{
	CLEANUP_FREE char *letters = v2v_devices_letters(disk);

	if (partition == 0)
		return v2v_format(DEV "%s%s", prefix, letters);
	return v2v_format(DEV "%s%s%u", prefix, letters, partition);
}

/* The appliance calls all disks sdX, in the document's order. */
static const struct v2v_filesystem *filesystem(
	const struct v2v_devices *devices, size_t disk, unsigned partition)
{
	CLEANUP_FREE char *name = build_name("sd", disk, partition);

	return v2v_inspect_filesystem(devices->inspect, name);
}

/* The disk that the root is on, which the appliance names; their number where
 * it is on none alone. */
static size_t root_disk(const struct v2v_devices *devices)
{
	const size_t count = devices->source->disks.count;
	const char *root = devices->inspect->root;

	for (size_t i = 0; root && i < count; i++) {
		CLEANUP_FREE char *name = build_name("sd", i, 0);
		size_t n = strlen(name);

		if (v2v_starts_with(root, name) &&
			strspn(root + n, "0123456789") == strlen(root + n))
			return i;
	}
	return count;
}

/* The root's link, or the only disk that the link may mean.  A link of by-id
 * says nothing of its disk but that it has such a partition; one of by-path
 * tells a place, and what is elsewhere is not taken for it. */
static bool find_by_link(const struct v2v_devices *devices, const char *link,
	unsigned partition, size_t *ret_disk)
{
	const size_t root = root_disk(devices);
	const bool path = v2v_starts_with(link, "disk/by-path/");
	enum v2v_same same = v2v_device_links_compare(devices->root_link, link);
	size_t found = 0;

	if (same == V2V_SAME_DISK) {
		*ret_disk = root;
		return true;
	}
	for (size_t i = 0; i < devices->source->disks.count; i++) {
		if (same == V2V_OTHER_DISK && i == root)
			continue;
		if (path ? !v2v_device_link_may_be(devices->source, i, link,
				   root, devices->root_link)
			 : partition && !filesystem(devices, i, partition))
			continue;
		*ret_disk = i;
		found++;
	}
	return found == 1;
}

bool v2v_devices_find(const struct v2v_devices *devices, const char *name,
	size_t *ret_disk, unsigned *ret_partition)
{
	const size_t count = devices->source->disks.count;
	size_t disk;
	unsigned partition;

	if (!v2v_starts_with(name, DEV))
		return false;
	name += strlen(DEV);
	if (v2v_device_link_parse(devices->source, name, &disk, &partition)) {
		if (count != 1 &&
			!find_by_link(devices, name, partition, &disk))
			return false;
	} else if (!v2v_device_name_parse(
			   devices->source, name, &disk, &partition)) {
		return false;
	}
	if (disk >= count)
		return false;
	*ret_disk = disk;
	*ret_partition = partition;
	return true;
}

/* Copied disks have the same UUID twice; then it names neither.  A btrfs has it
 * on each of its devices. */
static bool is_unique(
	const struct v2v_devices *devices, const struct v2v_filesystem *fs)
{
	v2v_list_foreach (const struct v2v_filesystem, other,
		&devices->inspect->filesystems)
		if (other != fs && v2v_streq(other->uuid, fs->uuid) &&
			!v2v_streq(fs->type, "btrfs"))
			return false;
	return true;
}

static const char *uuid_of(
	const struct v2v_devices *devices, const struct v2v_filesystem *fs)
{
	return fs && fs->uuid && *fs->uuid && is_unique(devices, fs) ? fs->uuid
								     : NULL;
}

static char *partuuid_or_name(const struct v2v_devices *devices,
	const struct v2v_filesystem *fs, const char *name)
{
	if (devices->partuuid && fs && fs->partuuid && *fs->partuuid)
		return v2v_format("PARTUUID=%s", fs->partuuid);
	return v2v_devices_rename(devices, name);
}

char *v2v_devices_rename(const struct v2v_devices *devices, const char *name)
{
	CLEANUP_FREE char *new_name = NULL;
	size_t disk;
	unsigned partition;

	if (!v2v_devices_find(devices, name, &disk, &partition))
		return NULL;
	new_name = build_name(devices->prefix, disk, partition);
	return strcmp(new_name, name) ? v2v_take(new_name) : NULL;
}

char *v2v_devices_replace(const struct v2v_devices *devices, const char *name)
{
	const struct v2v_filesystem *fs;
	const char *uuid;
	size_t disk;
	unsigned partition;

	if (!v2v_devices_find(devices, name, &disk, &partition))
		return NULL;
	if (devices->names_only)
		return v2v_devices_rename(devices, name);
	fs = filesystem(devices, disk, partition);
	uuid = uuid_of(devices, fs);
	return uuid ? v2v_format("UUID=%s", uuid)
		    : partuuid_or_name(devices, fs, name);
}

static char *argument(const struct v2v_devices *devices, const char *name,
	const struct v2v_filesystem *fs, bool link)
{
	const char *uuid = uuid_of(devices, fs);

	if (devices->names_only)
		return v2v_devices_rename(devices, name);
	if (!uuid || devices->no_initrd)
		return partuuid_or_name(devices, fs, name);
	if (link)
		return v2v_format(DEV "disk/by-uuid/%s", uuid);
	return v2v_format("UUID=%s", uuid);
}

char *v2v_devices_argument(const struct v2v_devices *devices, const char *name)
{
	size_t disk;
	unsigned partition;

	if (!v2v_devices_find(devices, name, &disk, &partition))
		return NULL;
	return argument(devices, name, filesystem(devices, disk, partition),
		v2v_starts_with(name, DEV "disk/"));
}

/* Is @device the partition @number of a disk? */
static bool is_partition(
	const struct v2v_devices *devices, const char *device, unsigned number)
{
	size_t disk;
	unsigned partition;

	return v2v_starts_with(device, DEV "sd") &&
	       v2v_device_name_parse(devices->source, device + strlen(DEV),
		       &disk, &partition) &&
	       partition == number;
}

void v2v_devices_note_root(struct v2v_devices *devices, const char *name)
{
	const char *root = devices->inspect->root;
	size_t disk;
	unsigned partition;

	if (*devices->root_link || !root || !v2v_starts_with(name, DEV))
		return;
	name += strlen(DEV);
	if (strlen(name) < sizeof devices->root_link &&
		v2v_device_link_parse(
			devices->source, name, &disk, &partition) &&
		partition && is_partition(devices, root, partition) &&
		(disk == root_disk(devices) ||
			disk == devices->source->disks.count))
		memcpy(devices->root_link, name, strlen(name) + 1);
}

char *v2v_devices_root(const struct v2v_devices *devices, const char *name)
{
	char *found = v2v_devices_argument(devices, name);
	const char *root = devices->inspect->root;
	size_t disk;
	unsigned partition;

	if (found || !root || !v2v_starts_with(name, DEV) ||
		!v2v_device_link_parse(devices->source, name + strlen(DEV),
			&disk, &partition) ||
		partition == 0 || disk < devices->source->disks.count ||
		!is_partition(devices, root, partition))
		return found;
	return argument(devices, root,
		v2v_inspect_filesystem(devices->inspect, root), true);
}

char *v2v_devices_path(const struct v2v_devices *devices, const char *name)
{
	const char *uuid;
	size_t disk;
	unsigned partition;

	if (!v2v_devices_find(devices, name, &disk, &partition))
		return NULL;
	uuid = uuid_of(devices, filesystem(devices, disk, partition));
	return uuid ? v2v_format(DEV "disk/by-uuid/%s", uuid)
		    : v2v_devices_rename(devices, name);
}

bool v2v_devices_is_new(const struct v2v_devices *devices, const char *name)
{
	CLEANUP_FREE char *new_name = v2v_devices_rename(devices, name);
	size_t disk;
	unsigned partition;

	return !new_name && v2v_devices_find(devices, name, &disk, &partition);
}

bool v2v_devices_is_unknown(const struct v2v_devices *devices, const char *name)
{
	size_t disk;
	unsigned partition;

	if (v2v_devices_find(devices, name, &disk, &partition) ||
		!v2v_starts_with(name, DEV))
		return false;
	name += strlen(DEV);
	return v2v_device_name_parse(
		       devices->source, name, &disk, &partition) ||
	       v2v_device_link_parse(devices->source, name, &disk, &partition);
}
