/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which format an image has, and whether it is what it should be. */
#include "core/file.h"
#include "image/headers.h"

#include <libgen.h>

#define MAX_CHAIN	 16
#define SECTOR		 512
#define DESCRIPTOR_START "# Disk DescriptorFile" /* of a VMDK in text */

int v2v_slice_read(const struct v2v_slice *slice, void *data, size_t length,
	uint64_t at, struct v2v_error *err)
{
	if (at > slice->size || length > slice->size - at)
		return v2v_fail(err, "truncated",
			"'%s' ends too early for a disk image", slice->name);
	return v2v_pread_all(
		slice->fd, slice->name, data, length, slice->offset + at, err);
}

static const char *format_of(const struct v2v_slice *slice)
{
	unsigned char start[sizeof DESCRIPTOR_START] = { 0 };
	uint64_t n = sizeof start - 1;

	if (v2v_slice_read(slice, start, n < slice->size ? n : slice->size, 0,
		    NULL) < 0)
		return "raw";
	if (v2v_qcow2_is(start))
		return "qcow2";
	if (v2v_vmdk_is(start) || memcmp(start, DESCRIPTOR_START, n) == 0)
		return "vmdk";
	return "raw";
}

/* Formats that nobody means to be a raw disk. */
static const struct {
	const char *what;
	uint64_t at;
	const char *magic;
} others[] = {
	{ "a VHDX image", 0, "vhdxfile" },
	{ "a VHD image", 0, "conectix" },
	{ "a VDI image", 64, "\x7f\x10\xda\xbe" },
	{ "an old ESX sparse image", 0, "COWD" },
	{ "a QED image", 0, "QED" },
	{ "a Parallels image", 0, "WithoutFreeSpace" },
	{ "a Parallels image", 0, "WithouFreSpacExt" },
};

/* The format where none is stated. */
static int probe(const struct v2v_slice *slice, const char **ret_format,
	struct v2v_error *err)
{
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		size_t n = strlen(others[i].magic);
		char have[16];

		if (v2v_slice_read(slice, have, n, others[i].at, NULL) == 0 &&
			memcmp(have, others[i].magic, n) == 0)
			return v2v_fail(err, "image-format",
				"'%s' is %s, which is not supported",
				slice->name, others[i].what);
	}
	*ret_format = format_of(slice);
	return 0;
}

const char *v2v_image_format(const char *file, struct v2v_error *err)
{
	struct v2v_slice slice = { -1, file, 0, 0 };
	CLEANUP_CLOSE int fd = v2v_open_regular(file, &slice.size, err);

	slice.fd = fd;
	return fd < 0 ? NULL : format_of(&slice);
}

static int check_slice(const struct v2v_slice *slice, const char *format,
	struct v2v_image *image, struct v2v_backing *backing,
	struct v2v_error *err)
{
	*image = (struct v2v_image){ .format = "raw" };
	if (strcmp(format, "raw") == 0) {
		/* As qemu sees it: the last sector is filled up. */
		image->virtual_size =
			(slice->size + SECTOR - 1) / SECTOR * SECTOR;
		if (slice->size == 0)
			return v2v_fail(err, "image-empty", "'%s' is empty",
				slice->name);
		return 0;
	}
	if (strcmp(format, "qcow2") == 0)
		return v2v_qcow2_check(slice, image, backing, err);
	if (strcmp(format, "vmdk") == 0)
		return v2v_vmdk_check(slice, image, err);
	return v2v_fail(err, "image-format",
		"'%s': format '%s' is not supported", slice->name, format);
}

static int check_file(const char *file, int64_t offset, int64_t size,
	const char *format, unsigned chain, struct v2v_image *ret_image,
	struct v2v_error *err);

/* A backing name is a plain path beside the image, of a stated format. */
static int check_backing(const char *file, const struct v2v_backing *backing,
	unsigned chain, struct v2v_error *err)
{
	CLEANUP_FREE char *copy = v2v_strdup(file), *path = NULL;
	struct v2v_image image;

	if (chain == 0)
		return v2v_fail(err, "image-backing",
			"'%s' has a backing file, '%s'; --backing-chain "
			"allows that",
			file, backing->name);
	if (!backing->format)
		return v2v_fail(err, "image-backing",
			"'%s' does not state the format of its backing file",
			file);
	if (strchr(backing->name, ':'))
		return v2v_fail(err, "image-backing",
			"'%s': the backing file '%s' is no plain file name",
			file, backing->name);
	path = backing->name[0] == '/'
		       ? v2v_strdup(backing->name)
		       : v2v_format("%s/%s", dirname(copy), backing->name);
	return check_file(
		path, -1, -1, backing->format, chain - 1, &image, err);
}

void v2v_backing_clear(struct v2v_backing *backing)
{
	free(backing->name);
	free(backing->format);
}

static int check_file(const char *file, int64_t offset, int64_t size,
	const char *format, unsigned chain, struct v2v_image *ret_image,
	struct v2v_error *err)
{
	uint64_t file_size;
	CLEANUP_CLOSE int fd = v2v_open_regular(file, &file_size, err);
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	struct v2v_slice slice = { fd, file, 0, file_size };
	struct v2v_image image;

	if (fd < 0)
		return -1;
	if (offset >= 0) {
		if ((uint64_t)offset > file_size ||
			(uint64_t)size > file_size - (uint64_t)offset)
			return v2v_fail(err, "truncated",
				"'%s' ends before the disk inside it", file);
		slice.offset = (uint64_t)offset;
		slice.size = (uint64_t)size;
	}
	if (!format && probe(&slice, &format, err) < 0)
		return -1;
	if (check_slice(&slice, format, &image, &backing, err) < 0)
		return -1;
	if (backing.name && check_backing(file, &backing, chain, err) < 0)
		return -1;
	*ret_image = image;
	return 0;
}

int v2v_image_check(const char *file, int64_t offset, int64_t size,
	const char *format, bool backing_chain, struct v2v_image *ret_image,
	struct v2v_error *err)
{
	return check_file(file, offset, size, format,
		backing_chain && offset < 0 ? MAX_CHAIN : 0, ret_image, err);
}

int v2v_image_check_disk(const struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_image image;

	if (v2v_image_check(disk->file, disk->offset, disk->size, disk->format,
		    disk->backing_chain, &image, err) < 0)
		return -1;
	if (image.virtual_size != (uint64_t)disk->virtual_size)
		return v2v_fail(err, "image-size",
			"'%s': the image is %llu bytes large, the document "
			"says %lld",
			disk->file, (unsigned long long)image.virtual_size,
			(long long)disk->virtual_size);
	return 0;
}
