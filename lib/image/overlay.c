/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qcow2 layers over source disks, made by qemu-img. */
#include "core/file.h"
#include "core/run.h"
#include "image/headers.h"

int v2v_image_may_overlay(
	const struct v2v_disk *disk, const char *file, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	CLEANUP_FREE char *name = NULL;
	CLEANUP_CLOSE int fd = -1;
	struct v2v_slice slice = { -1, file, 0, 0 };
	struct v2v_image image;

	if (access(file, F_OK) < 0)
		return 0;
	if (disk->file) {
		if (v2v_image_check_disk(disk, err) < 0)
			return -1;
		name = v2v_image_disk_name(disk);
	}
	fd = v2v_open_regular(file, &slice.size, NULL);
	slice.fd = fd;
	if (fd >= 0 && v2v_qcow2_check(&slice, &image, &backing, NULL) == 0 &&
		v2v_streq(backing.name, name))
		return 0;
	return v2v_fail(err, "file-exists",
		"'%s' exists and is no overlay over this disk", file);
}

int v2v_image_make_overlay(struct v2v *v, const struct v2v_disk *disk,
	const char *file, struct v2v_error *err)
{
	CLEANUP_FREE char *size =
		v2v_format("%lld", (long long)disk->virtual_size);
	CLEANUP_FREE char *name = NULL;
	/* -u: the backing file is not opened, its size is known. */
	const char *over[] = { "qemu-img", "create", "-q", "-f", "qcow2", "-o",
		"compat=1.1", "-u", "-b", NULL, "-F", NULL, "--", file, size,
		NULL };
	const char *blank[] = { "qemu-img", "create", "-q", "-f", "qcow2", "-o",
		"compat=1.1", "--", file, size, NULL };
	struct v2v_run run = { .argv = blank };

	if (disk->file) {
		if (v2v_image_check_disk(disk, err) < 0)
			return -1;
		name = v2v_image_disk_name(disk);
		over[9] = name;
		over[11] = v2v_image_driver(disk->format);
		run.argv = over;
	}
	return v2v_run(v, &run, err);
}
