/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The estimate's arithmetic. */
#include "estimate/formula.h"

#include "model/appliance-names.h"

#define WIDE unsigned __int128

static const char *const trimmed[] = { "ext2", "ext3", "ext4", "xfs", "btrfs",
	"ntfs" };

static bool is_trimmed(const char *type)
{
	return v2v_is_one_of(type, trimmed);
}

/* Does an earlier filesystem of the list show the same blocks? */
static bool is_repeated(
	const struct v2v_inspect *inspect, const struct v2v_filesystem *fs)
{
	if (!v2v_streq(fs->type, "btrfs") || !fs->uuid)
		return false;
	v2v_list_foreach (struct v2v_filesystem, other, &inspect->filesystems) {
		if (other == fs)
			return false;
		if (other->statvfs && v2v_streq(other->type, "btrfs") &&
			v2v_streq(other->uuid, fs->uuid))
			return true;
	}
	return false;
}

/* *@sum += @blocks * @bsize, below 2^63. */
static int add(int64_t blocks, int64_t bsize, uint64_t *sum)
{
	int64_t bytes, total;

	if (blocks < 0 || bsize < 0 ||
		__builtin_mul_overflow(blocks, bsize, &bytes) ||
		__builtin_add_overflow(bytes, (int64_t)*sum, &total))
		return -1;
	*sum = (uint64_t)total;
	return 0;
}

int v2v_formula_sums(const struct v2v_inspect *inspect,
	struct v2v_fs_sums *ret_sums, struct v2v_error *err)
{
	struct v2v_fs_sums sums = { 0, 0 };

	v2v_list_foreach (struct v2v_filesystem, fs, &inspect->filesystems) {
		const struct v2v_statvfs *st = fs->statvfs;

		if (!st || is_repeated(inspect, fs))
			continue;
		if (st->bfree > st->blocks ||
			add(st->blocks, st->bsize, &sums.total) < 0 ||
			add(is_trimmed(fs->type) ? st->bfree : 0, st->bsize,
				&sums.free) < 0)
			return v2v_fail(err, "document-shape",
				"inspect.filesystems: the sizes of '%s' cannot "
				"be",
				fs->device);
	}
	*ret_sums = sums;
	return 0;
}

/* "/dev/sda", "/dev/sda1", "btrfsvol:/dev/sda1/@" */
static bool is_on(const char *device, const char *disk)
{
	const char *volume = v2v_appliance_is_subvolume(device);

	if (volume)
		device = volume;
	if (!v2v_starts_with(device, disk))
		return false;
	device += strlen(disk);
	device += strspn(device, "0123456789");
	return !*device || *device == '/';
}

uint64_t v2v_formula_on_disk(
	const struct v2v_inspect *inspect, const char *disk)
{
	uint64_t total = 0;

	v2v_list_foreach (struct v2v_filesystem, fs, &inspect->filesystems)
		if (fs->statvfs && is_on(fs->device, disk) &&
			!is_repeated(inspect, fs) &&
			add(fs->statvfs->blocks, fs->statvfs->bsize, &total) <
				0)
			return 0;
	return total;
}

uint64_t v2v_formula_saving(
	const struct v2v_fs_sums *sums, uint64_t source_total)
{
	WIDE saving;

	if (!source_total)
		return 0;
	saving = (WIDE)sums->total * sums->free / source_total;
	return saving > source_total ? source_total : (uint64_t)saving;
}

uint64_t v2v_formula_estimate(
	uint64_t virtual_size, uint64_t saving, uint64_t source_total)
{
	if (!source_total)
		return virtual_size;
	return virtual_size -
	       (uint64_t)((WIDE)saving * virtual_size / source_total);
}
