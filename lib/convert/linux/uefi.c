/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* \EFI\BOOT: what starts the guest without the old firmware's variables. */
#include "linux/boot/uefi.h"
#include "convert/linux/linux.h"

#define SLACK (1 << 20) /* bytes that stay free */

static bool has_room(const struct v2v_linux *c, const struct v2v_uefi *plan)
{
	const struct v2v_mountpoint *mount =
		v2v_inspect_mountpoint_of(c->inspect, plan->directory);
	const struct v2v_filesystem *fs =
		mount ? v2v_inspect_filesystem(c->inspect, mount->device)
		      : NULL;
	int64_t needed = SLACK;

	v2v_list_foreach (const struct v2v_uefi_file, file, &plan->files)
		if (file->from)
			needed += v2v_tree_size(c->tree, file->from);
	return !fs || !fs->statvfs || fs->statvfs->bsize <= 0 ||
	       fs->statvfs->bfree >= needed / fs->statvfs->bsize + 1;
}

static int make_file(struct v2v_linux *c, const struct v2v_uefi_file *file,
	struct v2v_error *err)
{
	CLEANUP_FREE char *folder = v2v_strndup(
		file->to, (size_t)(strrchr(file->to, '/') - file->to));
	int status = v2v_plan_make_dir(c->plan, folder, err);

	if (status == 0)
		status = file->from ? v2v_plan_copy(c->plan, file->from,
					      file->to, err)
				    : v2v_plan_write(c->plan, file->to,
					      file->text, err);
	if (status == 0)
		v2v_plan_changed(c->plan, file->to, "uefi-no-fallback", NULL,
			"new: %s",
			file->from ? file->from : "its configuration");
	return status;
}

int v2v_linux_uefi(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_uefi plan CLEANUP_UEFI = { 0 };
	const char *firmware = c->source->firmware ? c->source->firmware
						   : c->inspect->firmware;

	if (!v2v_streq(firmware, "uefi"))
		return 0;
	v2v_uefi_plan(c->tree, c->inspect, &plan);
	if (plan.is_there || !plan.loader)
		return 0;
	if (!has_room(c, &plan)) {
		v2v_plan_note(c->plan, "uefi-no-room",
			"%s: no room for a copy of the loader; the firmware of "
			"the new machine has to be configured to find it",
			plan.directory);
		return 0;
	}
	v2v_list_foreach (const struct v2v_uefi_file, file, &plan.files)
		if (make_file(c, file, err) < 0)
			return -1;
	return 0;
}
