/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Free space of the guest's filesystems: measured, and given back by a trim. */
#include "guest/mounts.h"
#include "guest/private.h"
#include "model/appliance-names.h"

static void take_space(
	struct v2v_guest *guest, const char *path, struct v2v_filesystem *fs)
{
	struct v2v_statvfs space;

	if (v2v_call(guest, mounts, space, path, &space) < 0)
		return;
	fs->statvfs = v2v_alloc(1, sizeof *fs->statvfs);
	*fs->statvfs = space;
}

int v2v_guest_measure(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints) {
		struct v2v_filesystem *fs =
			v2v_inspect_filesystem(inspect, mount->device);

		if (fs && !fs->statvfs)
			take_space(guest, mount->path, fs);
	}
	return v2v_check_cancel(guest->v, err);
}

static bool can_trim(const struct v2v_filesystem *fs)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "xfs",
		"btrfs", "ntfs", "f2fs" };

	return v2v_is_one_of(fs->type, types);
}

/* Of a btrfs over several devices each is listed. */
static bool is_trimmed_already(
	const struct v2v_inspect *inspect, const struct v2v_filesystem *fs)
{
	const struct v2v_filesystem *other = inspect->filesystems.items;

	if (!v2v_streq(fs->type, "btrfs") || !fs->uuid)
		return false;
	for (; other < fs; other++)
		if (v2v_streq(other->uuid, fs->uuid))
			return true;
	return false;
}

int v2v_guest_trim(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	v2v_guest_close_snapshots(guest);
	v2v_call(guest, mounts, unmount_all);
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems) {
		/* A document of an older v2v-inspect has subvolumes too. */
		if (!can_trim(fs) || is_trimmed_already(inspect, fs) ||
			v2v_appliance_is_subvolume(fs->device))
			continue;
		if (v2v_call(guest, mounts, mount, NULL, "discard", fs->device,
			    "/") < 0 ||
			v2v_call(guest, mounts, trim, "/") < 0)
			v2v_debug(guest->v, "trim", "'%s' is not trimmed: %s",
				fs->device, v2v_guest_why(guest));
		v2v_call(guest, mounts, unmount_all);
		if (v2v_check_cancel(guest->v, err) < 0)
			return -1;
	}
	return 0;
}
