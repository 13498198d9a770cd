/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layers are written to the disks themselves. */
#include "core/safe-dir.h"
#include "disk/apply.h"
#include "guest/kernel/private.h"

/* Beside a device no log can lie that is there after the next boot. */
static int check_file(const struct v2v_appliance_config *config,
	const struct v2v_disk *disk, struct v2v_error *err)
{
	struct stat st;

	if (stat(disk->file, &st) < 0)
		return v2v_fail_errno(err, "'%s'", disk->file);
	if (!S_ISREG(st.st_mode))
		return v2v_fail(err, V2V_KERNEL_CANNOT,
			"'%s' is a device, to which the backend '%s' does not "
			"write in place",
			disk->file, config->ops->name);
	/* What is missing of the last one reads as zeros. */
	if (v2v_streq(disk->format, "raw") && st.st_size < disk->virtual_size)
		return v2v_fail(err, V2V_KERNEL_CANNOT,
			"'%s' has no whole sectors, and is not written in "
			"place by the backend '%s'",
			disk->file, config->ops->name);
	return 0;
}

static char *find_log(
	const struct v2v_appliance_config *config, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drives = config->drives->items;

	return v2v_undo_place(&drives->of, err);
}

/* There the log is made when all else is done. */
static int check_directory(
	const struct v2v_appliance_config *config, struct v2v_error *err)
{
	CLEANUP_FREE char *directory = find_log(config, err);

	if (!directory)
		return -1;
	*strrchr(directory, '/') = '\0';
	if (v2v_check_directory(*directory ? directory : "/", err) < 0)
		return -1;
	if (access(*directory ? directory : "/", W_OK | X_OK) < 0)
		return v2v_fail(err, V2V_KERNEL_CANNOT,
			"the backend '%s' must write a log to '%s', beside the "
			"disk: %s",
			config->ops->name, directory, strerror(errno));
	return 0;
}

int v2v_kernel_in_place_check(
	const struct v2v_appliance_config *config, struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_appliance_drive, drive, config->drives)
		if (check_file(config, &drive->of, err) < 0)
			return -1;
	return check_directory(config, err);
}

int v2v_kernel_in_place_hold(
	struct v2v_kernel_guest *guest, size_t index, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drives = guest->config.drives->items;

	return v2v_hold_take(
		drives[index].of.file, &guest->disks[index].hold, err);
}

/* All were left alone; then whoever writes them takes the locks. */
static int end_holds(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drives = guest->config.drives->items;
	int status = 0;

	for (size_t i = 0; i < guest->config.drives->count; i++)
		if (v2v_hold_end(
			    &guest->disks[i].hold, drives[i].of.file, err) < 0)
			status = -1;
	return status;
}

int v2v_kernel_in_place_write(
	struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drives = guest->config.drives->items;
	size_t count = guest->config.drives->count, changed = 0;
	CLEANUP_FREE struct v2v_apply *disks = v2v_alloc(count, sizeof *disks);
	CLEANUP_FREE char *log = find_log(&guest->config, err);

	for (size_t i = 0; i < count; i++) {
		struct v2v_private *layer = guest->disks[i].layer;

		disks[i].disk = &drives[i].of;
		disks[i].layer = v2v_private_is_empty(layer) ? NULL : layer;
		changed += disks[i].layer != NULL;
	}
	if (!log || end_holds(guest, err) < 0)
		return -1;
	return changed ? v2v_private_apply(guest->a.v, disks, count, log, err)
		       : 0;
}
