/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header of qcow2 (qemu: docs/interop/qcow2.txt, "Header"). */
#include "image/bytes.h"
#include "image/headers.h"

#define HEADER_V2	   72
#define HEADER_V3	   104
#define INCOMPAT_CORRUPT   (1ULL << 1)
#define INCOMPAT_DATA_FILE (1ULL << 2)
/* dirty, corrupt, data file, compression type, extended L2 entries */
#define INCOMPAT_KNOWN	   0x1fULL
#define EXT_END		   0
#define EXT_BACKING_FORMAT 0xe2792acaU
#define EXT_DATA_FILE	   0x44415441U
#define MAX_BACKING_NAME   1023
#define MAX_SIZE	   (1ULL << 62)

bool v2v_qcow2_is(const unsigned char magic[4])
{
	return memcmp(magic, "QFI\xfb", 4) == 0;
}

static int check_fields(const unsigned char *h, uint32_t version,
	const char *name, struct v2v_error *err)
{
	uint64_t incompat = version >= 3 ? be64(h + 72) : 0;
	uint32_t cluster_bits = be32(h + 20), crypt = be32(h + 32);

	if (version != 2 && version != 3)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 version %u is not known", name, version);
	if (incompat & INCOMPAT_DATA_FILE)
		return v2v_fail(err, "image-data-file",
			"'%s': a qcow2 with an external data file is refused",
			name);
	if (incompat & ~INCOMPAT_KNOWN)
		return v2v_fail(err, "image-header",
			"'%s': unknown qcow2 features", name);
	if (incompat & INCOMPAT_CORRUPT)
		return v2v_fail(err, "image-header",
			"'%s': the qcow2 is marked as corrupt", name);
	if (cluster_bits < 9 || cluster_bits > 21)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 cluster size 2^%u", name, cluster_bits);
	if (crypt)
		return v2v_fail(err, "image-encrypted",
			"'%s': an encrypted qcow2 is not supported", name);
	if (be64(h + 24) == 0 || be64(h + 24) > MAX_SIZE)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 of %llu bytes", name,
			(unsigned long long)be64(h + 24));
	return 0;
}

/* qemu takes what lies behind the end of a file for zeros. */
static int check_tables(const struct v2v_slice *slice, const unsigned char *h,
	struct v2v_error *err)
{
	uint64_t refcounts = (uint64_t)be32(h + 56) << be32(h + 20);

	if (!v2v_slice_fits(slice, be64(h + 40), (uint64_t)be32(h + 36) * 8) ||
		!v2v_slice_fits(slice, be64(h + 48), refcounts))
		return v2v_fail(err, "truncated",
			"'%s': qcow2 tables outside the file (is it cut off?)",
			slice->name);
	return 0;
}

/* The extensions lie between the header and the first cluster's end. */
static int read_extensions(const struct v2v_slice *slice, uint64_t at,
	uint64_t end, char **ret_backing_format, struct v2v_error *err)
{
	while (at + 8 <= end) {
		unsigned char ext[8];
		char format[32] = "";
		uint32_t type, length;

		if (v2v_slice_read(slice, ext, sizeof ext, at, err) < 0)
			return -1;
		type = be32(ext);
		length = be32(ext + 4);
		if (type == EXT_END)
			return 0;
		if (type == EXT_DATA_FILE)
			return v2v_fail(err, "image-data-file",
				"'%s': a qcow2 that names a data file is "
				"refused",
				slice->name);
		if (type == EXT_BACKING_FORMAT && length < sizeof format) {
			if (v2v_slice_read(slice, format, length, at + 8, err) <
				0)
				return -1;
			free(*ret_backing_format);
			*ret_backing_format = v2v_strdup(format);
		}
		at += 8 + ((uint64_t)length + 7) / 8 * 8;
	}
	return 0;
}

static int read_backing(const struct v2v_slice *slice, uint64_t offset,
	uint32_t length, char **ret_name, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_alloc(1, MAX_BACKING_NAME + 1);

	if (length == 0 || length > MAX_BACKING_NAME)
		return v2v_fail(err, "image-header",
			"'%s': backing file name of %u bytes", slice->name,
			length);
	if (v2v_slice_read(slice, name, length, offset, err) < 0)
		return -1;
	*ret_name = v2v_take(name);
	return 0;
}

int v2v_qcow2_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_backing *backing, struct v2v_error *err)
{
	unsigned char h[HEADER_V3] = { 0 };
	uint32_t version;
	uint64_t length = HEADER_V2;

	if (v2v_slice_read(slice, h, HEADER_V2, 0, err) < 0)
		return -1;
	version = be32(h + 4);
	if (!v2v_qcow2_is(h))
		return v2v_fail(
			err, "image-header", "'%s' is no qcow2", slice->name);
	if (version >= 3) {
		if (v2v_slice_read(slice, h, HEADER_V3, 0, err) < 0)
			return -1;
		length = be32(h + 100);
	}
	if (check_fields(h, version, slice->name, err) < 0 ||
		check_tables(slice, h, err) < 0)
		return -1;
	image->format = "qcow2";
	image->virtual_size = (be64(h + 24) + 511) / 512 * 512;
	if (read_extensions(slice, length, 1ULL << be32(h + 20),
		    &backing->format, err) < 0)
		return -1;
	if (be64(h + 8) == 0)
		return 0;
	return read_backing(
		slice, be64(h + 8), be32(h + 16), &backing->name, err);
}
