/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what statvfs(3) said in the guest to bytes. */
#include "meta/report/space.h"

#include "model/appliance-names.h"

#include <ctype.h>

static int64_t product(int64_t blocks, int64_t size)
{
	int64_t bytes;

	if (blocks < 0 || size < 1 ||
		__builtin_mul_overflow(blocks, size, &bytes))
		return -1;
	return bytes;
}

int64_t v2v_space_size(const struct v2v_filesystem *fs)
{
	return fs->statvfs ? product(fs->statvfs->blocks, fs->statvfs->bsize)
			   : -1;
}

int64_t v2v_space_used(const struct v2v_filesystem *fs)
{
	int64_t size = v2v_space_size(fs), unused;

	if (size < 0)
		return -1;
	unused = product(fs->statvfs->bfree, fs->statvfs->bsize);
	return unused < 0 || unused > size ? -1 : size - unused;
}

/* "/dev/sda1" of "btrfsvol:/dev/sda1/@" too; borrowed. */
static const char *device_of(const struct v2v_filesystem *fs)
{
	const char *plain = v2v_appliance_is_subvolume(fs->device);

	return plain ? plain : fs->device;
}

bool v2v_space_is_in(const struct v2v_filesystem *fs, const char *partition)
{
	const char *device = device_of(fs);
	size_t n = strlen(partition);

	return strncmp(device, partition, n) == 0 &&
	       (!device[n] || device[n] == '/');
}

bool v2v_space_is_disks(const char *device, size_t index)
{
	CLEANUP_FREE char *disk = v2v_appliance_disk(index, 0);
	const char *rest;

	if (!v2v_starts_with(device, disk))
		return false;
	rest = device + strlen(disk);
	while (isdigit((unsigned char)*rest))
		rest++;
	return !*rest || *rest == '/';
}

bool v2v_space_is_on(const struct v2v_filesystem *fs, size_t index)
{
	return v2v_space_is_disks(device_of(fs), index);
}

bool v2v_space_is_own(
	const struct v2v_inspect *inspect, const struct v2v_filesystem *fs)
{
	v2v_list_foreach (
		const struct v2v_filesystem, other, &inspect->filesystems) {
		if (other == fs)
			return true;
		if (fs->uuid && other->statvfs &&
			v2v_streq(fs->uuid, other->uuid) &&
			v2v_space_size(fs) == v2v_space_size(other))
			return false;
	}
	return true;
}
