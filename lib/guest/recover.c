/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A conversion in place that was broken off while it wrote the disks. */
#include "core/open.h"
#include "disk/apply.h"
#include "disk/undo-log.h"
#include "guest/private.h"

#include <fcntl.h>

static void tell(struct v2v *v, const char *file, enum v2v_replayed replayed)
{
	if (replayed == V2V_REPLAYED_OLD)
		v2v_warn(v, "recovered",
			"'%s': a conversion in place was broken off; its disks "
			"are now what they were before it",
			file);
	else if (replayed == V2V_REPLAYED_NEW)
		v2v_warn(v, "recovered",
			"'%s': a conversion in place was broken off when all "
			"was written; its disks are now converted",
			file);
	else
		v2v_info(v, "recovered",
			"'%s': a conversion in place was broken off before it "
			"wrote anything",
			file);
}

static int recover(struct v2v *v, const struct v2v_list *drives,
	const struct v2v_disk *disk, const char *log, struct v2v_error *err)
{
	const struct v2v_appliance_drive *all = drives->items;
	CLEANUP_FREE struct v2v_apply *disks =
		v2v_alloc(drives->count, sizeof *disks);
	enum v2v_replayed replayed;

	for (size_t i = 0; i < drives->count; i++)
		disks[i].disk = &all[i].of;
	if (v2v_undo_replay(v, disks, drives->count, log, &replayed, err) < 0)
		return v2v_fail_prefix(err,
			"a conversion in place was broken off, and cannot be "
			"ended");
	tell(v, disk->file, replayed);
	return 0;
}

int v2v_guest_recover_drives(
	struct v2v *v, const struct v2v_list *drives, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_appliance_drive, drive, drives) {
		CLEANUP_FREE char *log = NULL;

		if (v2v_undo_check_none(&drive->of, NULL) == 0)
			continue;
		log = v2v_undo_place(&drive->of, err);
		if (!log || recover(v, drives, &drive->of, log, err) < 0)
			return -1;
	}
	return 0;
}

bool v2v_guest_needs_recovery(const struct v2v_list *drives)
{
	v2v_list_foreach (const struct v2v_appliance_drive, drive, drives)
		if (v2v_undo_check_none(&drive->of, NULL) < 0)
			return true;
	return false;
}

bool v2v_guest_is_log(const char *file)
{
	CLEANUP_CLOSE int fd =
		v2v_open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

	/* By its name where it was only begun. */
	return fd >= 0 &&
	       (v2v_ends_with(file, V2V_UNDO_SUFFIX) || v2v_undo_is_log(fd));
}
