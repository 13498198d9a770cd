/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header extensions of qcow2 (qemu: docs/interop/qcow2.txt, "Header
 * extensions"). */
#include "image/bytes.h"
#include "image/qcow2.h"

#define END		  0
#define BACKING_FORMAT	  0xe2792acaU
#define DATA_FILE	  0x44415441U
#define BITMAPS		  0x23852875U
#define ENCRYPTION	  0x0537be77U
#define MAX_FORMAT	  16 /* bytes; qemu's limit */
#define BITMAPS_LENGTH	  24
#define AUTOCLEAR_BITMAPS (1ULL << 0)
#define MAX_BITMAPS	  65535
#define MAX_DIRECTORY	  (MAX_BITMAPS * 32ULL)

static int read_format(const struct v2v_slice *slice, uint64_t at,
	uint32_t length, char **ret_format, struct v2v_error *err)
{
	char format[MAX_FORMAT] = "";

	if (length >= sizeof format)
		return v2v_slice_bad(slice, err, "qcow2",
			"the name of the backing file's format is too long");
	if (v2v_slice_read(slice, format, length, at, err) < 0)
		return -1;
	v2v_string_set(ret_format, format);
	return 0;
}

/* "The data of the extension should be considered consistent only if the
 * corresponding auto-clear feature bit is set." */
static int read_bitmaps(const struct v2v_slice *slice, uint64_t at,
	uint32_t length, struct v2v_qcow2 *q, struct v2v_error *err)
{
	unsigned char b[BITMAPS_LENGTH];

	if (length != sizeof b)
		return v2v_slice_bad(slice, err, "qcow2",
			"the extension of bitmaps has not its length");
	if (!(q->autoclear & AUTOCLEAR_BITMAPS))
		return 0;
	if (v2v_slice_read(slice, b, sizeof b, at, err) < 0)
		return -1;
	q->bitmap_count = be32(b);
	q->bitmaps_size = be64(b + 8);
	q->bitmaps = be64(b + 16);
	if (q->bitmap_count == 0 || q->bitmap_count > MAX_BITMAPS ||
		be32(b + 4) || q->bitmaps_size == 0 ||
		q->bitmaps_size > MAX_DIRECTORY || q->bitmaps % q->cluster ||
		!v2v_slice_fits(slice, q->bitmaps, q->bitmaps_size))
		return v2v_slice_bad(slice, err, "qcow2",
			"the extension of bitmaps is damaged");
	return 0;
}

static int read_one(const struct v2v_slice *slice, uint32_t type, uint64_t at,
	uint32_t length, struct v2v_qcow2 *q, char **ret_format,
	struct v2v_error *err)
{
	switch (type) {
	case BACKING_FORMAT:
		return read_format(slice, at, length, ret_format, err);
	case BITMAPS:
		return read_bitmaps(slice, at, length, q, err);
	case DATA_FILE:
		return v2v_fail(err, "image-data-file",
			"'%s': a qcow2 that names a data file is refused",
			slice->name);
	case ENCRYPTION:
		return v2v_fail(err, "image-encrypted",
			"'%s': an encrypted qcow2 is not supported",
			slice->name);
	default:
		return 0;
	}
}

/* They lie between the header and the backing file's name, or else the end of
 * the first cluster. */
int v2v_qcow2_read_extensions(const struct v2v_slice *slice,
	struct v2v_qcow2 *q, char **ret_format, struct v2v_error *err)
{
	uint64_t at = q->length, end = q->backing ? q->backing : q->cluster;

	while (at < end) {
		unsigned char b[8];
		uint32_t type, length;

		if (v2v_slice_read(slice, b, sizeof b, at, err) < 0)
			return -1;
		type = be32(b);
		length = be32(b + 4);
		if (end - at < sizeof b || length > end - at - sizeof b)
			return v2v_slice_bad(slice, err, "qcow2",
				"an extension is too long");
		if (type == END)
			return 0;
		if (read_one(slice, type, at + 8, length, q, ret_format, err) <
			0)
			return -1;
		at += 8 + ((uint64_t)length + 7) / 8 * 8;
	}
	return 0;
}
