/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VMDK's descriptor as an OVA of its own: a directory of which nothing is
 * known but what the descriptor names. */
#include "unpack/described.h"

#include "image/image.h"
#include "unpack/extents.h"
#include "unpack/ova-private.h"

static int place(struct v2v *v, const char *file, const char *text, size_t size,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
	const struct v2v_ova_member *from;

	if (v2v_ova_open_beside(&ova, file, &from, err) < 0)
		return -1;
	return v2v_extents_place(
		v, &ova, from, text, size, UINT64_MAX, disk, workdir, err);
}

int v2v_unpack_described(struct v2v *v, const char *file, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	struct v2v_image image;
	size_t size;
	int is_one = v2v_image_read_descriptor(file, -1, -1, &text, &size, err);

	if (is_one <= 0)
		return is_one;
	disk->offset = disk->size = -1;
	if (place(v, file, text, size, disk, workdir, err) < 0 ||
		v2v_image_check(disk->file, disk->offset, disk->size, "raw",
			false, &image, err) < 0)
		return -1;
	disk->virtual_size = (int64_t)image.virtual_size;
	return 1;
}
