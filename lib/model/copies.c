/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets as disks. */
#include "model/copies.h"

#define SECTOR 512

bool v2v_copies_are_made(const struct v2v_list *targets)
{
	v2v_list_foreach (const struct v2v_target, target, targets)
		if (target->file || target->bus)
			return true;
	return false;
}

bool v2v_copies_are_named(const struct v2v_list *targets)
{
	v2v_list_foreach (const struct v2v_target, target, targets)
		if (!target->file)
			return false;
	return true;
}

static int check_target(const struct v2v_disk *disk,
	const struct v2v_target *target, struct v2v_error *err)
{
	long long id = (long long)disk->id;
	int64_t missing =
		target ? target->virtual_size - disk->virtual_size : 0;

	if (!target || !target->file)
		return v2v_fail(err, "not-in-place",
			"disk %lld was copied to an NBD export or a stream, "
			"where it cannot be changed: convert before v2v-copy",
			id);
	if (target->file[0] != '/')
		return v2v_fail(err, "document-shape",
			"targets: '%s' of disk %lld is not an absolute path",
			target->file, id);
	if (!v2v_streq(target->format, "raw") &&
		!v2v_streq(target->format, "qcow2"))
		return v2v_fail(err, "document-shape",
			"targets: disk %lld: unknown format '%s' (supported: "
			"raw, qcow2)",
			id, target->format ? target->format : "null");
	/* A copy's last sector is filled up. */
	if (missing < 0 || missing >= SECTOR)
		return v2v_fail(err, "image-size",
			"targets: disk %lld is %lld bytes large, its source "
			"%lld",
			id, (long long)target->virtual_size,
			(long long)disk->virtual_size);
	return 0;
}

int v2v_copies_load(const struct v2v_source *source,
	const struct v2v_list *targets, struct v2v_source *copies,
	struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks) {
		const struct v2v_target *target =
			v2v_targets_find(targets, disk->id);
		struct v2v_disk *copy;

		if (check_target(disk, target, err) < 0)
			return -1;
		copy = v2v_list_add(&copies->disks, sizeof *copy);
		copy->id = disk->id;
		copy->file = v2v_strdup(target->file);
		copy->format = v2v_strdup(target->format);
		copy->virtual_size = target->virtual_size;
		copy->offset = copy->size = copy->unit = -1;
	}
	return 0;
}
