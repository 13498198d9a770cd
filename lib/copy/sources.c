/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and devices that are read. */
#include "copy/sources.h"

#include "core/open.h"
#include "image/image.h"
#include "model/disk-files.h"
#include "model/overlays.h"

#include <fcntl.h>
#include <sys/stat.h>

static int is_other(const char *file, void *path)
{
	return v2v_image_is_same(file, path);
}

int v2v_copy_check_not_source(const struct v2v_copy_plan *plan,
	const char *path, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk, disk, &plan->source.disks)
		if (v2v_disk_each_file(disk, is_other, (void *)path))
			return v2v_fail(err, "file-exists",
				"'%s' is a source of disk %lld", path,
				(long long)disk->id);
	v2v_list_foreach (const struct v2v_overlay, overlay, &plan->overlays)
		if (v2v_image_is_same(overlay->file, path))
			return v2v_fail(err, "file-exists",
				"'%s' is the overlay of disk %lld", path,
				(long long)overlay->disk);
	return 0;
}

struct hold {
	struct v2v_copy_plan *plan;
	struct v2v_error *err;
};

static bool is_held(const struct v2v_copy_plan *plan, dev_t device)
{
	struct stat st;

	for (size_t i = 0; i < plan->held_count; i++)
		if (fstat(plan->held[i], &st) == 0 && st.st_rdev == device)
			return true;
	return false;
}

static int hold(const char *file, void *opaque)
{
	const struct hold *h = opaque;
	struct v2v_copy_plan *plan = h->plan;
	struct stat st;
	int fd;

	if (stat(file, &st) < 0 || !S_ISBLK(st.st_mode) ||
		is_held(plan, st.st_rdev))
		return 0;
	fd = v2v_image_open_free_device(file, h->err);
	if (fd < 0)
		return -1;
	plan->held =
		v2v_regrow(plan->held, &plan->held_count, sizeof *plan->held);
	plan->held[plan->held_count - 1] = fd;
	return 0;
}

int v2v_copy_hold_devices(struct v2v_copy_plan *plan, struct v2v_error *err)
{
	struct hold h = { plan, err };

	v2v_list_foreach (const struct v2v_disk, disk, &plan->source.disks)
		if (v2v_disk_each_file(disk, hold, &h) < 0)
			return -1;
	return 0;
}

void v2v_copy_let_go(struct v2v_copy_plan *plan)
{
	for (size_t i = 0; i < plan->held_count; i++)
		v2v_cleanup_close(&plan->held[i]);
	free(plan->held);
	plan->held = NULL;
	plan->held_count = 0;
}
