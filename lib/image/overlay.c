/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qcow2 layers over source disks: made, and known again. */
#include "core/file.h"
#include "image/headers.h"

#include <sys/stat.h>

#define SECTOR 512

/* As a header has it, in whole sectors. */
static uint64_t size_of(const struct v2v_disk *disk)
{
	return ((uint64_t)disk->virtual_size + SECTOR - 1) / SECTOR * SECTOR;
}

/* What an overlay of ours has below it; of a blank disk nothing. */
static struct v2v_backing backing_of(const struct v2v_disk *disk)
{
	struct v2v_backing backing = { NULL, NULL };

	if (!disk->file)
		return backing;
	backing.name = v2v_image_disk_name(disk);
	backing.format = v2v_strdup(v2v_image_disk_driver(disk));
	return backing;
}

/* json: names that say the same in another order. */
static bool is_same_tree(const char *a, const char *b)
{
	static const char mark[] = "json:";
	json_auto_t *left = NULL, *right = NULL;

	if (!v2v_starts_with(a, mark) || !v2v_starts_with(b, mark))
		return false;
	left = json_loads(a + strlen(mark), JSON_REJECT_DUPLICATES, NULL);
	right = json_loads(b + strlen(mark), JSON_REJECT_DUPLICATES, NULL);
	return left && right && json_equal(left, right);
}

/* The plain name is what others write; but a VHD's would be read as shorter
 * than it is. */
static bool is_source(const struct v2v_disk *disk,
	const struct v2v_backing *want, const struct v2v_backing *have)
{
	if (!want->name || !have->name || !have->format)
		return !want->name && !have->name;
	if (!v2v_streq(want->format, have->format))
		return false;
	return v2v_streq(want->name, have->name) ||
	       is_same_tree(want->name, have->name) ||
	       (disk->offset < 0 && v2v_streq(disk->file, have->name) &&
		       !v2v_streq(disk->format, "vhd"));
}

/* Its header, and whether it lies over the disk. */
static int check_layer(int fd, const char *file, const struct v2v_disk *disk,
	struct v2v_image *image, struct v2v_error *err)
{
	struct v2v_backing want CLEANUP_BACKING = backing_of(disk);
	struct v2v_backing have CLEANUP_BACKING = { NULL, NULL };
	struct v2v_slice slice = { fd, file, 0, 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "'%s'", file);
	slice.size = (uint64_t)st.st_size;
	if (v2v_qcow2_check(&slice, image, &have, err) < 0)
		return -1;
	if (is_source(disk, &want, &have))
		return 0;
	return v2v_fail(err, "overlay-mismatch",
		"'%s' is not an overlay of this disk: it lies over '%s' (%s), "
		"not over '%s' (%s)",
		file, have.name ? have.name : "nothing",
		have.format ? have.format : "no format",
		want.name ? want.name : "nothing",
		want.format ? want.format : "no format");
}

int v2v_image_check_overlay(int fd, const struct v2v_overlay *overlay,
	const struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_image image = { .format = NULL };

	if (check_layer(fd, overlay->file, disk, &image, err) < 0)
		return -1;
	if (image.virtual_size == size_of(disk))
		return 0;
	return v2v_fail(err, "overlay-mismatch",
		"'%s' is %llu bytes large, the document says %lld",
		overlay->file, (unsigned long long)image.virtual_size,
		(long long)disk->virtual_size);
}

int v2v_image_may_overlay(
	const struct v2v_disk *disk, const char *file, struct v2v_error *err)
{
	struct v2v_image image = { .format = NULL };
	CLEANUP_CLOSE int fd = -1;

	if (access(file, F_OK) < 0)
		return 0;
	fd = v2v_open_regular(file, NULL, NULL);
	if (fd >= 0 && check_layer(fd, file, disk, &image, NULL) == 0)
		return 0;
	return v2v_fail(err, "file-exists",
		"'%s' exists and is not an overlay of this disk", file);
}

int v2v_image_make_overlay(const struct v2v_disk *disk, int fd,
	const char *name, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };

	if (disk->file && v2v_image_check_disk(disk, err) < 0)
		return -1;
	if (!disk->file && disk->virtual_size <= 0)
		return v2v_fail(err, "document-shape",
			"disk %lld: %lld is not a valid disk size",
			(long long)disk->id, (long long)disk->virtual_size);
	backing = backing_of(disk);
	return v2v_qcow2_write_empty(fd, name, size_of(disk), &backing, err);
}
