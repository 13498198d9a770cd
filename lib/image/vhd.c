/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The footer of a VHD, and the tables of a dynamic one (Microsoft, "Virtual
 * Hard Disk Image Format Specification", 2006; numbers are big endian). */
#include "image/vhd.h"
#include "image/places.h"

#define SECTOR	      512ULL
#define FOOTER	      512
#define HEADER	      1024
#define MAX_SECTORS   0xff000000ULL /* 2040 GiB, the format's limit */
#define MIN_BLOCK     (512U << 10)
#define MAX_BLOCK     (256U << 20)
#define UNUSED	      0xffffffffU
#define CHUNK_ENTRIES 16384

/* "one's complement of the sum of all the bytes [...] without the checksum" */
static bool sums_up(const unsigned char *p, size_t size, size_t field)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		if (i < field || i >= field + 4)
			sum += p[i];
	return ~sum == be32(p + field);
}

static bool has_magic(const struct v2v_slice *slice, uint64_t at)
{
	char magic[8];

	return v2v_slice_read(slice, magic, sizeof magic, at, NULL) == 0 &&
	       memcmp(magic, "conectix", sizeof magic) == 0;
}

static bool has_footer(const struct v2v_slice *slice)
{
	return slice->size >= FOOTER && has_magic(slice, slice->size - FOOTER);
}

bool v2v_vhd_is(const struct v2v_slice *slice)
{
	return has_magic(slice, 0) || has_footer(slice);
}

static int read_footer(const struct v2v_slice *slice, uint64_t at,
	struct v2v_vhd *vhd, struct v2v_error *err)
{
	unsigned char b[FOOTER];

	if (v2v_slice_read(slice, b, sizeof b, at, err) < 0)
		return -1;
	if (!sums_up(b, sizeof b, 64))
		return v2v_slice_bad(
			slice, err, "VHD", "the footer's checksum is wrong");
	*vhd = (struct v2v_vhd){
		.version = be32(b + 12),
		.header = be64(b + 16),
		.size = be64(b + 48),
		.type = be32(b + 60),
	};
	memcpy(vhd->id, b + 68, sizeof vhd->id);
	return 0;
}

static int check_footer(const struct v2v_slice *slice,
	const struct v2v_vhd *vhd, bool is_layer, struct v2v_error *err)
{
	if (vhd->type == V2V_VHD_DIFFERENCING && !is_layer)
		return v2v_fail(err, "image-parent",
			"'%s': a VHD that is only the difference to a parent; "
			"--backing-chain reads both, where they are in one "
			"folder",
			slice->name);
	if (vhd->type < V2V_VHD_FIXED || vhd->type > V2V_VHD_DIFFERENCING)
		return v2v_slice_bad(slice, err, "VHD", "unknown type of disk");
	if (vhd->version >> 16 != 1)
		return v2v_slice_bad(slice, err, "VHD", "unknown version");
	if (vhd->size == 0 || vhd->size > MAX_SECTORS * SECTOR)
		return v2v_slice_bad(slice, err, "VHD", "size out of range");
	if (vhd->size % SECTOR)
		return v2v_slice_bad(
			slice, err, "VHD", "the disk has no whole sectors");
	return 0;
}

static int check_fixed(const struct v2v_slice *slice, const struct v2v_vhd *vhd,
	struct v2v_error *err)
{
	/* qemu would look no further and take it for a dynamic one. */
	if (has_magic(slice, 0))
		return v2v_slice_bad(slice, err, "VHD",
			"a fixed disk whose data begins like a footer");
	if (vhd->size > slice->size - FOOTER)
		return v2v_fail(err, "truncated",
			"'%s': the VHD is shorter than its disk", slice->name);
	return 0;
}

/* qemu believes the copy in front, others the footer. */
static int check_copy(const struct v2v_slice *slice, const struct v2v_vhd *vhd,
	struct v2v_error *err)
{
	struct v2v_vhd copy;

	if (!has_magic(slice, 0))
		return v2v_slice_bad(slice, err, "VHD",
			"no copy of the footer at the start");
	if (read_footer(slice, 0, &copy, err) < 0)
		return -1;
	if (copy.type != vhd->type || copy.size != vhd->size ||
		copy.header != vhd->header || copy.version != vhd->version)
		return v2v_slice_bad(
			slice, err, "VHD", "footer and its copy differ");
	return 0;
}

static int judge_header(const struct v2v_slice *slice,
	const unsigned char *header, struct v2v_error *err)
{
	if (memcmp(header, "cxsparse", 8) != 0)
		return v2v_slice_bad(
			slice, err, "VHD", "no header of a dynamic disk");
	if (!sums_up(header, HEADER, 36))
		return v2v_slice_bad(
			slice, err, "VHD", "the header's checksum is wrong");
	if (be32(header + 24) >> 16 != 1)
		return v2v_slice_bad(
			slice, err, "VHD", "unknown version of the header");
	return 0;
}

static int check_shape(const struct v2v_slice *slice,
	const struct v2v_blocks *blocks, struct v2v_error *err)
{
	if (blocks->block < MIN_BLOCK || blocks->block > MAX_BLOCK ||
		blocks->block & (blocks->block - 1))
		return v2v_slice_bad(
			slice, err, "VHD", "block size out of range");
	if (blocks->entries < ceil_div(blocks->size, blocks->block) ||
		blocks->entries > MAX_SECTORS * SECTOR / blocks->block)
		return v2v_slice_bad(
			slice, err, "VHD", "the table does not fit the disk");
	if (!v2v_slice_fits(slice, blocks->table, blocks->entries * 4))
		return v2v_fail(err, "truncated",
			"'%s': VHD table outside the file (is it cut off?)",
			slice->name);
	return 0;
}

static int read_header(const struct v2v_slice *slice, struct v2v_vhd *vhd,
	unsigned char *header, struct v2v_error *err)
{
	struct v2v_blocks *blocks = &vhd->blocks;

	if (v2v_slice_read(slice, header, HEADER, vhd->header, err) < 0 ||
		judge_header(slice, header, err) < 0)
		return -1;
	*blocks = (struct v2v_blocks){
		.size = vhd->size,
		.table = be64(header + 16),
		.entries = be32(header + 28),
		.block = be32(header + 32),
		.is_difference = vhd->type == V2V_VHD_DIFFERENCING,
	};
	memcpy(vhd->parent_id, header + 40, sizeof vhd->parent_id);
	/* A bit for each of the block's sectors is before it. */
	blocks->bitmap = ceil_div(blocks->block / SECTOR / 8, SECTOR) * SECTOR;
	return check_shape(slice, blocks, err);
}

static int check_block(const struct v2v_slice *slice, uint64_t index,
	uint64_t sector, struct v2v_places *places, struct v2v_error *err)
{
	uint64_t at = sector * SECTOR, end = slice->size - FOOTER;
	const char *fault = NULL;

	if (sector == UNUSED)
		return 0;
	if (places->length > end || at > end - places->length)
		fault = "outside the file";
	else if (!v2v_places_take(places, at))
		fault = "where something else does";
	return fault ? v2v_fail(err, "image-table",
			       "'%s': VHD block %llu lies %s", slice->name,
			       (unsigned long long)index, fault)
		     : 0;
}

static int check_table(const struct v2v_slice *slice,
	const struct v2v_blocks *blocks, struct v2v_places *places,
	struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(CHUNK_ENTRIES, 4);

	for (uint64_t i = 0; i < blocks->entries; i++) {
		uint64_t in_chunk = i % CHUNK_ENTRIES;
		uint64_t left = blocks->entries - i;

		if (left > CHUNK_ENTRIES)
			left = CHUNK_ENTRIES;
		if (in_chunk == 0 && v2v_slice_read(slice, chunk, left * 4,
					     blocks->table + i * 4, err) < 0)
			return -1;
		if (check_block(slice, i, be32(chunk + in_chunk * 4), places,
			    err) < 0)
			return -1;
	}
	return 0;
}

static int fail_overlap(const struct v2v_slice *slice, struct v2v_error *err)
{
	return v2v_slice_bad(slice, err, "VHD", "headers and table overlap");
}

/* What a difference says of its parent. */
static int fix_locators(const struct v2v_slice *slice,
	const unsigned char *header, struct v2v_places *places,
	struct v2v_error *err)
{
	struct v2v_vhd_locator locators[V2V_VHD_LOCATORS];

	v2v_vhd_locators(header, locators);
	for (int i = 0; i < V2V_VHD_LOCATORS; i++) {
		const struct v2v_vhd_locator *l = &locators[i];

		if (!l->code || !l->length)
			continue;
		if (!v2v_slice_fits(slice, l->at, l->length))
			return v2v_fail(err, "truncated",
				"'%s': a path of the VHD's parent is outside "
				"the file (is it cut off?)",
				slice->name);
		if (!v2v_places_fix(places, l->at, l->length))
			return fail_overlap(slice, err);
	}
	return 0;
}

static int check_dynamic(const struct v2v_slice *slice, struct v2v_vhd *vhd,
	struct v2v_error *err)
{
	struct v2v_places places CLEANUP_PLACES = { .count = 0 };
	const struct v2v_blocks *blocks = &vhd->blocks;
	unsigned char header[HEADER];

	if (check_copy(slice, vhd, err) < 0 ||
		read_header(slice, vhd, header, err) < 0)
		return -1;
	v2v_places_begin(&places, slice->size, blocks->bitmap + blocks->block);
	if (!v2v_places_fix(&places, 0, FOOTER) ||
		!v2v_places_fix(&places, vhd->header, HEADER) ||
		!v2v_places_fix(&places, blocks->table, blocks->entries * 4) ||
		!v2v_places_fix(&places, slice->size - FOOTER, FOOTER))
		return fail_overlap(slice, err);
	if (blocks->is_difference &&
		fix_locators(slice, header, &places, err) < 0)
		return -1;
	return check_table(slice, blocks, &places, err);
}

int v2v_vhd_read(const struct v2v_slice *slice, bool is_layer,
	struct v2v_vhd *ret_vhd, struct v2v_error *err)
{
	if (!has_footer(slice))
		return has_magic(slice, 0)
			       ? v2v_fail(err, "truncated",
					 "'%s': the VHD's end is missing",
					 slice->name)
			       : v2v_fail(err, "image-header",
					 "'%s' is not a VHD", slice->name);
	if (slice->size % SECTOR)
		return v2v_slice_bad(
			slice, err, "VHD", "size is not a multiple of 512");
	if (read_footer(slice, slice->size - FOOTER, ret_vhd, err) < 0 ||
		check_footer(slice, ret_vhd, is_layer, err) < 0)
		return -1;
	return ret_vhd->type == V2V_VHD_FIXED
		       ? check_fixed(slice, ret_vhd, err)
		       : check_dynamic(slice, ret_vhd, err);
}

int v2v_vhd_read_blocks(const struct v2v_slice *slice,
	struct v2v_blocks *ret_blocks, struct v2v_error *err)
{
	unsigned char header[HEADER];
	struct v2v_vhd vhd;

	/* The file may be another one than was checked. */
	if (!has_footer(slice))
		return v2v_fail(
			err, "image-header", "'%s' is not a VHD", slice->name);
	if (read_footer(slice, slice->size - FOOTER, &vhd, err) < 0)
		return -1;
	vhd.blocks.size = vhd.size;
	if (vhd.type != V2V_VHD_FIXED &&
		read_header(slice, &vhd, header, err) < 0)
		return -1;
	*ret_blocks = vhd.blocks;
	return 0;
}

int v2v_vhd_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	struct v2v_vhd vhd = { .type = 0 };

	if (v2v_vhd_read(slice, false, &vhd, err) < 0)
		return -1;
	image->format = "vhd";
	image->subformat = vhd.type == V2V_VHD_FIXED ? "fixed" : "dynamic";
	image->virtual_size = vhd.size;
	return 0;
}
