/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers over the disks of a machine that is to be started. */
#include "boot/boot.h"
#include "image/image.h"

#include "core/open.h"

#include <fcntl.h>

/* The target as a source disk, for what checks and overlays such; borrowed. */
static struct v2v_disk as_disk(
	const struct v2v_machine *m, const struct v2v_target *target)
{
	struct v2v_disk disk = {
		.id = target->disk,
		.file = target->file,
		.offset = -1,
		.size = -1,
		.format = target->format,
		.virtual_size = target->virtual_size,
	};

	/* In place: the source's own word for it, and its chain. */
	v2v_list_foreach (const struct v2v_disk, own, &m->source.disks)
		if (own->id == target->disk && own->file &&
			strcmp(own->file, target->file) == 0) {
			disk.format = own->format;
			disk.virtual_size = own->virtual_size;
			disk.backing_chain = own->backing_chain;
		}
	return disk;
}

static int make_layer(const struct v2v_machine *m,
	const struct v2v_target *target, const char *name,
	struct v2v_error *err)
{
	const struct v2v_disk disk = as_disk(m, target);
	CLEANUP_CLOSE int fd = v2v_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", name);
	if (v2v_image_make_overlay(&disk, fd, name, err) < 0)
		return v2v_fail_prefix(
			err, "disk %lld", (long long)target->disk);
	return 0;
}

int v2v_boot_disks(struct v2v *v, struct v2v_machine *m, const char *scratch,
	struct v2v_vehicle_command *command, struct v2v_error *err)
{
	v2v_list_foreach (struct v2v_target, target, &m->targets) {
		CLEANUP_FREE char *name = NULL;

		if (v2v_check_cancel(v, err) < 0)
			return -1;
		if (!target->file)
			continue;
		name = v2v_format("%s/disk-%lld.qcow2", scratch,
			(long long)target->disk);
		if (make_layer(m, target, name, err) < 0)
			return -1;
		v2v_landlock_allow(
			&command->files, target->file, V2V_MAY_READ);
		v2v_string_set(&target->file, name);
		v2v_string_set(&target->format, "qcow2");
	}
	return 0;
}
