/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disk images that the user names, into a source section. */
#include "unpack/images.h"

#include "core/file.h"
#include "image/chain.h"
#include "image/image.h"
#include "model/disk-files.h"
#include "unpack/chain.h"
#include "unpack/container.h"
#include "unpack/describe.h"
#include "unpack/described.h"
#include "unpack/invent.h"
#include "unpack/place-private.h"
#include "unpack/told.h"
#include "unpack/unwrap.h"

#include <sys/stat.h>

#define SECTOR 512

/* What begins like XML is a descriptor, but for a page that a download ended
 * in. */
static int check_html(const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open_disk(file, NULL, err);
	char start[SECTOR];
	ssize_t n = fd < 0 ? -1 : pread(fd, start, sizeof start, 0);

	return n < 0 ? -1 : v2v_told_html(file, start, (size_t)n, err);
}

/* @path is what @file holds, or @file itself. */
static int check_raw(const char *file, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *name = file == path ? v2v_unpack_base_name(file, "")
					       : v2v_name_unpacked(file);

	return v2v_told_raw_file(file, name, path, -1, err);
}

static int read_size(
	const char *file, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open_disk(file, ret_size, err);

	return fd < 0 ? -1 : 0;
}

int v2v_unpack_is_image(const char *file, struct v2v_error *err)
{
	enum v2v_container kind;
	const char *format;
	uint64_t size = 0;

	if (v2v_container_of(file, &kind, err) < 0)
		return -1;
	if (kind == V2V_CONTAINER_PACKED)
		return v2v_unwrap_is_image(file, err);
	if (kind == V2V_CONTAINER_OVF)
		return check_html(file, err);
	if (kind != V2V_CONTAINER_NONE)
		return 0;
	format = v2v_image_format(file, err);
	if (!format)
		return -1;
	if (strcmp(format, "raw") != 0)
		return 1;
	if (check_raw(file, file, err) < 0)
		return -1;
	/* Anything may be a raw disk, but a disk has sectors. */
	if (read_size(file, &size, err) < 0)
		return -1;
	if (size == 0 || size % SECTOR)
		return v2v_fail(err, "not-an-ova",
			"'%s' is neither an OVA nor a disk image", file);
	return 1;
}

static int check_file(const char *file, void *opaque)
{
	struct v2v_error *err = opaque;

	if (v2v_check_path(file, err) < 0)
		return -1;
	return v2v_is_device(file) ? v2v_image_check_free_device(file, err) : 0;
}

int v2v_unpack_check_files(
	const struct v2v_source *source, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
		if (v2v_disk_each_file(disk, check_file, err) < 0)
			return -1;
	return 0;
}

int v2v_unpack_read_image(const struct v2v_unpack_options *opt,
	struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_image image;

	if (opt->backing_chain && disk->offset < 0)
		return v2v_unpack_chain(opt->format, disk, err);
	if (v2v_image_check(disk->file, disk->offset, disk->size, opt->format,
		    false, &image, err) < 0 ||
		v2v_image_check_tables(disk->file, disk->offset, disk->size,
			image.format, err) < 0)
		return -1;
	disk->format = v2v_strdup(image.format);
	disk->subformat = v2v_strdup(image.subformat);
	disk->virtual_size = (int64_t)image.virtual_size;
	return 0;
}

/* A stated raw disk is raw, whatever it begins with. */
static bool is_packed(const char *file, const struct v2v_unpack_options *opt)
{
	enum v2v_container kind;

	return !v2v_streq(opt->format, "raw") &&
	       v2v_container_of(file, &kind, NULL) == 0 &&
	       kind == V2V_CONTAINER_PACKED;
}

static int unwrap_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	struct v2v_unpack_options alone = *opt;

	/* There is nothing beside it any more. */
	alone.backing_chain = false;
	disk->file = v2v_place_file(v, disk, "", workdir, err);
	if (!disk->file || v2v_unwrap(v, file, disk->file, err) < 0)
		return -1;
	if (v2v_unpack_read_image(&alone, disk, err) < 0)
		return v2v_fail_prefix(err, "'%s'", file);
	return strcmp(disk->format, "raw") == 0
		       ? check_raw(file, disk->file, err)
		       : 0;
}

/* The disk's id is known. */
static int place_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	int is_described = 0;

	if (opt->describe) {
		v2v_describe_image(v, file, opt, disk);
		return 0;
	}
	if (is_packed(file, opt))
		return unwrap_image(v, file, opt, disk, workdir, err);
	/* A chain names its extents itself: nothing is joined. */
	if ((!opt->format || strcmp(opt->format, "vmdk") == 0) &&
		!(opt->backing_chain && v2v_disk_chain_is_difference(file)))
		is_described =
			v2v_unpack_described(v, file, disk, workdir, err);
	if (is_described != 0)
		return is_described < 0 ? -1 : 0;
	disk->file = v2v_strdup(file);
	return v2v_unpack_read_image(opt, disk, err);
}

static int add_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_source *source,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	struct v2v_disk *disk = v2v_list_add(&source->disks, sizeof *disk);
	CLEANUP_FREE char *real = NULL;
	int is_image = opt->format ? 1 : v2v_unpack_is_image(file, err);

	if (is_image < 0)
		return -1;
	if (!is_image)
		return v2v_fail(err, "several-files",
			"'%s' is not a disk image of the same machine", file);
	real = v2v_disk_path(file, err);
	if (!real)
		return -1;
	disk->id = (int64_t)source->disks.count - 1;
	disk->offset = disk->size = disk->unit = -1;
	return place_image(v, real, opt, disk, workdir, err);
}

int v2v_unpack_images(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, struct v2v_source *ret_source,
	struct v2v_workdir *ret_workdir, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };

	v2v_unpack_invent(files[0], &source);
	for (; *files; files++)
		if (add_image(v, *files, opt, &source, ret_workdir, err) < 0)
			return -1;
	*ret_source = source;
	source = (struct v2v_source){ 0 };
	return 0;
}
