/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Old names of block devices to new ones. */
#include "model/devices.h"

#include <ctype.h>

const char *v2v_devices_prefix(const char *block_bus)
{
	if (v2v_streq(block_bus, "virtio-blk"))
		return "vd";
	return "sd";
}

char *v2v_devices_letters(size_t index)
{
	CLEANUP_FREE char *head = NULL;

	if (index >= 26)
		head = v2v_devices_letters(index / 26 - 1);
	return v2v_format("%s%c", head ? head : "", (int)('a' + index % 26));
}

/* Digits to the end of @s: a partition number, 0 where there are none. */
static bool parse_partition(const char *s, unsigned *ret)
{
	uint64_t n = 0;

	if (*s && (!v2v_parse_u64(s, &n) || n == 0 || n > 128))
		return false;
	*ret = (unsigned)n;
	return true;
}

/* sda1, hdb, xvda2, vdc3: letters count the disks */
static bool parse_lettered(
	const char *s, size_t *ret_disk, unsigned *ret_partition)
{
	static const char *const prefixes[] = { "sd", "hd", "vd", "xvd" };
	size_t index = 0, i = 0, start;

	while (i < 4 && !v2v_starts_with(s, prefixes[i]))
		i++;
	if (i == 4)
		return false;
	start = strlen(prefixes[i]);
	for (i = start; i < start + 3 && islower((unsigned char)s[i]); i++)
		index = index * 26 + (size_t)(s[i] - 'a') + 1;
	if (i == start || !parse_partition(s + i, ret_partition))
		return false;
	*ret_disk = index - 1;
	return true;
}

/* nvme0n1p2, cciss/c0d0p1: numbers count the disks */
static bool parse_numbered(
	const char *s, size_t *ret_disk, unsigned *ret_partition)
{
	unsigned disk, unit;
	int n = 0;

	if (sscanf(s, "nvme%3un%3u%n", &disk, &unit, &n) < 2 &&
		sscanf(s, "cciss/c%3ud%3u%n", &unit, &disk, &n) < 2)
		return false;
	if (s[n] == 'p')
		n++;
	*ret_disk = disk;
	return parse_partition(s + n, ret_partition);
}

/* The SCSI address in "pci-0000:00:10.0-scsi-0:0:1:0": its target. */
static bool find_by_unit(
	const struct v2v_devices *devices, const char *name, size_t *ret_disk)
{
	const struct v2v_disk *disks = devices->source->disks.items;
	const char *scsi = strstr(name, "-scsi-");
	unsigned host, channel, target, lun;

	if (!scsi || sscanf(scsi, "-scsi-%3u:%3u:%5u:%5u", &host, &channel,
			     &target, &lun) != 4)
		return false;
	for (size_t i = 0; i < devices->source->disks.count; i++)
		if (disks[i].unit == (int64_t)target) {
			*ret_disk = i;
			return true;
		}
	return false;
}

/* by-id and by-path are the old hypervisor's; with one disk there is no
 * doubt which is meant. */
static bool parse_link(const struct v2v_devices *devices, const char *s,
	size_t *ret_disk, unsigned *ret_partition)
{
	const char *part = strstr(s, "-part");

	if (v2v_starts_with(s, "disk/by-path/")) {
		*ret_disk = 0;
		if (devices->source->disks.count != 1 &&
			!find_by_unit(devices, s, ret_disk))
			return false;
	} else if (v2v_starts_with(s, "disk/by-id/")) {
		*ret_disk = 0;
		if (devices->source->disks.count != 1 ||
			v2v_starts_with(s, "disk/by-id/dm-") ||
			v2v_starts_with(s, "disk/by-id/md-") ||
			v2v_starts_with(s, "disk/by-id/lvm-"))
			return false;
	} else {
		return false;
	}
	return parse_partition(
		part ? part + strlen("-part") : "", ret_partition);
}

bool v2v_devices_find(const struct v2v_devices *devices, const char *name,
	size_t *ret_disk, unsigned *ret_partition)
{
	size_t disk;
	unsigned partition;

	if (!v2v_starts_with(name, "/dev/"))
		return false;
	name += strlen("/dev/");
	if (!parse_lettered(name, &disk, &partition) &&
		!parse_numbered(name, &disk, &partition) &&
		!parse_link(devices, name, &disk, &partition))
		return false;
	if (disk >= devices->source->disks.count)
		return false;
	*ret_disk = disk;
	*ret_partition = partition;
	return true;
}

/* "/dev/PREFIXb3" for disk 1, partition 3 */
static char *build_name(const char *prefix, size_t disk, unsigned partition)
{
	CLEANUP_FREE char *letters = v2v_devices_letters(disk);

	if (partition == 0)
		return v2v_format("/dev/%s%s", prefix, letters);
	return v2v_format("/dev/%s%s%u", prefix, letters, partition);
}

/* The appliance calls all disks sdX, in the document's order. */
static const char *uuid_of(
	const struct v2v_devices *devices, size_t disk, unsigned partition)
{
	CLEANUP_FREE char *name = build_name("sd", disk, partition);
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(devices->inspect, name);

	return fs ? fs->uuid : NULL;
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
	size_t disk;
	unsigned partition;
	const char *uuid;

	if (!v2v_devices_find(devices, name, &disk, &partition))
		return NULL;
	uuid = uuid_of(devices, disk, partition);
	if (uuid)
		return v2v_format("UUID=%s", uuid);
	return v2v_devices_rename(devices, name);
}

bool v2v_devices_is_unknown(const struct v2v_devices *devices, const char *name)
{
	size_t disk;
	unsigned partition;

	if (v2v_devices_find(devices, name, &disk, &partition))
		return false;
	if (!v2v_starts_with(name, "/dev/"))
		return false;
	name += strlen("/dev/");
	return parse_lettered(name, &disk, &partition) ||
	       parse_numbered(name, &disk, &partition) ||
	       v2v_starts_with(name, "disk/by-path/");
}
