/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which format an image has, and whether it is what it should be. */
#include "core/file.h"
#include "image/headers.h"

#include <sys/stat.h>

#define SECTOR 512

static int check_raw(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	if (slice->size == 0)
		return v2v_fail(
			err, "image-empty", "'%s' is empty", slice->name);
	/* As qemu sees it: the last sector is filled up. */
	image->virtual_size = (slice->size + SECTOR - 1) / SECTOR * SECTOR;
	return 0;
}

/* What its first bytes show; a qcow2 is checked with its backing file. */
static const struct {
	const char *format, *magic;
	uint64_t at;
	int (*check)(const struct v2v_slice *slice, struct v2v_image *image,
		struct v2v_error *err);
} readers[] = {
	{ "qcow2", "QFI\xfb", 0, NULL },
	{ "vmdk", "KDMV", 0, v2v_vmdk_check },
	{ "vhdx", "vhdxfile", 0, v2v_vhdx_check },
	{ "vdi", "\x7f\x10\xda\xbe", 64, v2v_vdi_check },
	{ "vhd", "conectix", 0, v2v_vhd_check },
	{ "raw", NULL, 0, check_raw },
};

#define READERS ARRAY_SIZE(readers)

static bool has_magic(
	const struct v2v_slice *slice, uint64_t at, const char *magic)
{
	char have[32];
	size_t n = strlen(magic);

	return v2v_slice_read(slice, have, n, at, NULL) == 0 &&
	       memcmp(have, magic, n) == 0;
}

static const char *format_of(const struct v2v_slice *slice)
{
	for (size_t i = 0; i < READERS; i++)
		if (readers[i].magic &&
			has_magic(slice, readers[i].at, readers[i].magic))
			return readers[i].format;
	if (v2v_vhd_is(slice))
		return "vhd";
	/* Not to be read, but named in the error. */
	return v2v_vmdk_is_delta(slice) || v2v_vmdk_is_text(slice) ? "vmdk"
								   : "raw";
}

/* Formats that nobody means to be a raw disk. */
static const struct {
	const char *what, *magic;
} others[] = {
	{ "compressed with gzip", "\x1f\x8b\x08" },
	{ "a QED image", "QED" },
	{ "a Parallels image", "WithoutFreeSpace" },
	{ "a Parallels image", "WithouFreSpacExt" },
};

/* The format where none is stated. */
static int probe(const struct v2v_slice *slice, const char **ret_format,
	struct v2v_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (has_magic(slice, 0, others[i].magic))
			return v2v_fail(err, "image-format",
				"'%s' is %s, which is not supported",
				slice->name, others[i].what);
	*ret_format = format_of(slice);
	return 0;
}

const char *v2v_image_format(const char *file, struct v2v_error *err)
{
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, -1, -1, err);

	return fd < 0 ? NULL : format_of(&slice);
}

static bool is_device(const struct v2v_slice *slice)
{
	struct stat st;

	return fstat(slice->fd, &st) == 0 && S_ISBLK(st.st_mode);
}

/* Raw, or qcow2: the others end with the file, and of a device nobody knows
 * where. */
int v2v_image_check_device(
	const char *file, const char *format, struct v2v_error *err)
{
	if (strcmp(format, "raw") == 0 || strcmp(format, "qcow2") == 0)
		return 0;
	return v2v_fail(err, "image-format",
		"'%s' is a device, which has no %s image", file, format);
}

static int check_slice(const struct v2v_slice *slice, const char *format,
	struct v2v_image *image, struct v2v_backing *backing,
	struct v2v_error *err)
{
	*image = (struct v2v_image){ .format = "raw" };
	if (is_device(slice) &&
		v2v_image_check_device(slice->name, format, err) < 0)
		return -1;
	if (strcmp(format, "qcow2") == 0)
		return v2v_qcow2_check(slice, image, backing, err);
	for (size_t i = 0; i < READERS; i++)
		if (strcmp(format, readers[i].format) == 0)
			return readers[i].check(slice, image, err);
	return v2v_fail(err, "image-format",
		"'%s': format '%s' is not supported", slice->name, format);
}

void v2v_backing_clear(struct v2v_backing *backing)
{
	free(backing->name);
	free(backing->format);
}

const char *v2v_image_probe(const char *file, struct v2v_error *err)
{
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, -1, -1, err);
	const char *format;

	return fd < 0 || probe(&slice, &format, err) < 0 ? NULL : format;
}

int v2v_image_check_alone(const char *file, int64_t offset, int64_t size,
	const char *format, struct v2v_image *ret_image, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, offset, size, err);
	struct v2v_image image;

	if (fd < 0)
		return -1;
	if (!format && probe(&slice, &format, err) < 0)
		return -1;
	if (check_slice(&slice, format, &image, &backing, err) < 0)
		return -1;
	if (backing.name)
		return v2v_fail(err, "image-backing",
			"'%s' has a backing file, '%s'; --backing-chain "
			"allows that",
			file, backing.name);
	*ret_image = image;
	return 0;
}

int v2v_image_check_tables(const char *file, int64_t offset, int64_t size,
	const char *format, struct v2v_error *err)
{
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, offset, size, err);

	if (fd < 0)
		return -1;
	/* qemu takes a table that is not there for zeros. */
	if (strcmp(format, "vmdk") == 0)
		return v2v_vmdk_walk_tables(&slice, err);
	return strcmp(format, "qcow2") == 0 ? v2v_qcow2_walk_tables(&slice, err)
					    : 0;
}
