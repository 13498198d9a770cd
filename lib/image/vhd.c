/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The footer of a VHD, and the tables of a dynamic one (Microsoft, "Virtual
 * Hard Disk Image Format Specification", 2006; numbers are big endian). */
#include "image/bytes.h"
#include "image/places.h"

#define SECTOR	      512ULL
#define FOOTER	      512
#define HEADER	      1024
#define FIXED	      2
#define DYNAMIC	      3
#define DIFFERENCING  4
#define MAX_SECTORS   0xff000000ULL /* 2040 GiB, the format's limit */
#define MIN_BLOCK     (512U << 10)
#define MAX_BLOCK     (256U << 20)
#define UNUSED	      0xffffffffU
#define CHUNK_ENTRIES 16384

struct footer {
	uint32_t version, type;
	uint64_t data_offset, size;
};

struct table {
	uint64_t offset, entries, block, bitmap; /* bytes but for entries */
};

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
	struct footer *footer, struct v2v_error *err)
{
	unsigned char b[FOOTER];

	if (v2v_slice_read(slice, b, sizeof b, at, err) < 0)
		return -1;
	if (!sums_up(b, sizeof b, 64))
		return v2v_slice_bad(
			slice, err, "VHD", "the footer's checksum is wrong");
	*footer = (struct footer){
		.version = be32(b + 12),
		.data_offset = be64(b + 16),
		.size = be64(b + 48),
		.type = be32(b + 60),
	};
	return 0;
}

static int check_footer(const struct v2v_slice *slice,
	const struct footer *footer, struct v2v_error *err)
{
	if (footer->type == DIFFERENCING)
		return v2v_fail(err, "image-parent",
			"'%s': a VHD that is only the difference to a parent "
			"is refused; merge it first (Hyper-V: Merge-VHD)",
			slice->name);
	if (footer->type != FIXED && footer->type != DYNAMIC)
		return v2v_slice_bad(slice, err, "VHD", "unknown type of disk");
	if (footer->version >> 16 != 1)
		return v2v_slice_bad(slice, err, "VHD", "unknown version");
	if (footer->size == 0 || footer->size > MAX_SECTORS * SECTOR)
		return v2v_slice_bad(slice, err, "VHD", "size out of range");
	if (footer->size % SECTOR)
		return v2v_slice_bad(
			slice, err, "VHD", "the disk has no whole sectors");
	return 0;
}

static int check_fixed(const struct v2v_slice *slice,
	const struct footer *footer, struct v2v_error *err)
{
	/* qemu would look no further and take it for a dynamic one. */
	if (has_magic(slice, 0))
		return v2v_slice_bad(slice, err, "VHD",
			"a fixed disk whose data begins like a footer");
	if (footer->size > slice->size - FOOTER)
		return v2v_fail(err, "truncated",
			"'%s': the VHD is shorter than its disk", slice->name);
	return 0;
}

/* qemu believes the copy in front, others the footer. */
static int check_copy(const struct v2v_slice *slice,
	const struct footer *footer, struct v2v_error *err)
{
	struct footer copy;

	if (!has_magic(slice, 0))
		return v2v_slice_bad(slice, err, "VHD",
			"no copy of the footer at the start");
	if (read_footer(slice, 0, &copy, err) < 0)
		return -1;
	if (copy.type != footer->type || copy.size != footer->size ||
		copy.data_offset != footer->data_offset ||
		copy.version != footer->version)
		return v2v_slice_bad(
			slice, err, "VHD", "footer and its copy differ");
	return 0;
}

static int read_header(const struct v2v_slice *slice,
	const struct footer *footer, struct table *table, struct v2v_error *err)
{
	unsigned char b[HEADER];

	if (v2v_slice_read(slice, b, sizeof b, footer->data_offset, err) < 0)
		return -1;
	if (memcmp(b, "cxsparse", 8) != 0)
		return v2v_slice_bad(
			slice, err, "VHD", "no header of a dynamic disk");
	if (!sums_up(b, sizeof b, 36))
		return v2v_slice_bad(
			slice, err, "VHD", "the header's checksum is wrong");
	if (be32(b + 24) >> 16 != 1)
		return v2v_slice_bad(
			slice, err, "VHD", "unknown version of the header");
	*table = (struct table){
		.offset = be64(b + 16),
		.entries = be32(b + 28),
		.block = be32(b + 32),
	};
	if (table->block < MIN_BLOCK || table->block > MAX_BLOCK ||
		table->block & (table->block - 1))
		return v2v_slice_bad(
			slice, err, "VHD", "block size out of range");
	/* A bit for each of the block's sectors is before it. */
	table->bitmap = ceil_div(table->block / SECTOR / 8, SECTOR) * SECTOR;
	if (table->entries < ceil_div(footer->size, table->block) ||
		table->entries > MAX_SECTORS * SECTOR / table->block)
		return v2v_slice_bad(
			slice, err, "VHD", "the table does not fit the disk");
	if (!v2v_slice_fits(slice, table->offset, table->entries * 4))
		return v2v_fail(err, "truncated",
			"'%s': VHD table outside the file (is it cut off?)",
			slice->name);
	return 0;
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

static int check_table(const struct v2v_slice *slice, const struct table *table,
	struct v2v_places *places, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(CHUNK_ENTRIES, 4);

	for (uint64_t i = 0; i < table->entries; i++) {
		uint64_t in_chunk = i % CHUNK_ENTRIES;
		uint64_t left = table->entries - i;

		if (left > CHUNK_ENTRIES)
			left = CHUNK_ENTRIES;
		if (in_chunk == 0 && v2v_slice_read(slice, chunk, left * 4,
					     table->offset + i * 4, err) < 0)
			return -1;
		if (check_block(slice, i, be32(chunk + in_chunk * 4), places,
			    err) < 0)
			return -1;
	}
	return 0;
}

static int check_dynamic(const struct v2v_slice *slice,
	const struct footer *footer, struct v2v_error *err)
{
	struct v2v_places places CLEANUP_PLACES = { .count = 0 };
	struct table table = { .entries = 0 };

	if (check_copy(slice, footer, err) < 0 ||
		read_header(slice, footer, &table, err) < 0)
		return -1;
	v2v_places_begin(&places, slice->size, table.bitmap + table.block);
	if (!v2v_places_fix(&places, 0, FOOTER) ||
		!v2v_places_fix(&places, footer->data_offset, HEADER) ||
		!v2v_places_fix(&places, table.offset, table.entries * 4) ||
		!v2v_places_fix(&places, slice->size - FOOTER, FOOTER))
		return v2v_slice_bad(
			slice, err, "VHD", "headers and table overlap");
	return check_table(slice, &table, &places, err);
}

int v2v_vhd_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	struct footer footer;

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
	if (read_footer(slice, slice->size - FOOTER, &footer, err) < 0 ||
		check_footer(slice, &footer, err) < 0)
		return -1;
	image->format = "vhd";
	image->subformat = footer.type == FIXED ? "fixed" : "dynamic";
	image->virtual_size = footer.size;
	return footer.type == FIXED ? check_fixed(slice, &footer, err)
				    : check_dynamic(slice, &footer, err);
}
