/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers, region tables and block table of a VHDX (MS-VHDX 2.2, 2.5). */
#include "image/vhdx.h"
#include "image/places.h"

#define MIB	      V2V_VHDX_MIB
#define HEADER	      4096
#define HEADER_USED   80
#define TABLE	      65536
#define MAX_REGIONS   2047
#define MAX_SIZE      (64ULL << 40) /* MS-VHDX 2.6.2.2 */
#define CHUNK_ENTRIES 8192

static const uint64_t header_places[] = { 64 << 10, 128 << 10 };
static const uint64_t table_places[] = { 192 << 10, 256 << 10 };

/* CRC-32C by half bytes: the tables are short. */
static uint32_t crc32c(const unsigned char *p, size_t n)
{
	static const uint32_t table[16] = { 0x00000000, 0x105ec76f, 0x20bd8ede,
		0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
		0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4,
		0xd3d3e1ab, 0xe330a81a, 0xf36e6f75 };
	uint32_t crc = UINT32_MAX;

	while (n--) {
		crc ^= *p++;
		crc = table[crc & 15] ^ crc >> 4;
		crc = table[crc & 15] ^ crc >> 4;
	}
	return ~crc;
}

/* A structure with its signature, and its checksum behind that. */
static bool read_checked(const struct v2v_slice *slice, uint64_t at,
	const char *signature, unsigned char *b, size_t size)
{
	uint32_t want;

	if (v2v_slice_read(slice, b, size, at, NULL) < 0 ||
		memcmp(b, signature, 4) != 0)
		return false;
	want = le32(b + 4);
	memset(b + 4, 0, 4);
	return crc32c(b, size) == want;
}

/* It has nothing in it, but still has its place (MS-VHDX 2.2.2). */
static int read_log(const struct v2v_slice *slice, const unsigned char *header,
	struct v2v_vhdx_region *log, struct v2v_error *err)
{
	uint64_t offset = le64(header + 72), length = le32(header + 68);

	if (offset % MIB || length % MIB)
		return v2v_slice_bad(slice, err, "VHDX",
			"the log's size is not a multiple of 1 MiB");
	if (!v2v_slice_fits(slice, offset, length))
		return v2v_fail(err, "truncated",
			"'%s': VHDX log outside the file (is it cut off?)",
			slice->name);
	*log = (struct v2v_vhdx_region){ offset, length };
	return 0;
}

/* The valid header with the higher number is the one in force. */
static int check_headers(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	struct v2v_error *err)
{
	static const unsigned char null_guid[16];
	unsigned char b[2][HEADER];
	bool valid[2];
	int now;

	for (int i = 0; i < 2; i++)
		valid[i] = read_checked(
			slice, header_places[i], "head", b[i], HEADER);
	if (!valid[0] && !valid[1])
		return v2v_slice_bad(slice, err, "VHDX", "no valid header");
	now = !valid[0] || (valid[1] && le64(b[1] + 8) > le64(b[0] + 8));
	/* Disk2vhd writes the same header twice. */
	if (valid[0] && valid[1] && le64(b[0] + 8) == le64(b[1] + 8) &&
		memcmp(b[0], b[1], HEADER_USED) != 0)
		return v2v_slice_bad(
			slice, err, "VHDX", "two headers of one number");
	if (le16(b[now] + 64) != 0 || le16(b[now] + 66) != 1)
		return v2v_slice_bad(slice, err, "VHDX", "unknown version");
	if (memcmp(b[now] + 48, null_guid, sizeof null_guid) != 0)
		return v2v_fail(err, "image-dirty",
			"'%s': the VHDX was not closed cleanly, its log must "
			"be replayed (by opening it where it was made)",
			slice->name);
	memcpy(vhdx->data_id, b[now] + 32, sizeof vhdx->data_id);
	return read_log(slice, b[now], &vhdx->log, err);
}

static int read_region(const struct v2v_slice *slice,
	const unsigned char *entry, struct v2v_vhdx_region *region,
	struct v2v_error *err)
{
	uint64_t offset = le64(entry + 16), length = le32(entry + 24);

	if (region->length)
		return v2v_slice_bad(slice, err, "VHDX", "duplicate region");
	if (offset < MIB || offset % MIB || length == 0 || length % MIB)
		return v2v_slice_bad(
			slice, err, "VHDX", "a region has no whole MiB");
	if (!v2v_slice_fits(slice, offset, length))
		return v2v_fail(err, "truncated",
			"'%s': VHDX region outside the file (is it cut off?)",
			slice->name);
	*region = (struct v2v_vhdx_region){ offset, length };
	return 0;
}

static int read_regions(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	const unsigned char *table, struct v2v_error *err)
{
	static const char bat[] = "\x66\x77\xc2\x2d\x23\xf6\x00\x42"
				  "\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
	static const char metadata[] = "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b"
				       "\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
	uint32_t count = le32(table + 8);

	if (count > MAX_REGIONS)
		return v2v_slice_bad(slice, err, "VHDX", "too many regions");
	for (uint32_t i = 0; i < count; i++) {
		const unsigned char *entry = table + 16 + i * 32;
		struct v2v_vhdx_region *region = NULL;

		if (memcmp(entry, bat, 16) == 0)
			region = &vhdx->bat;
		else if (memcmp(entry, metadata, 16) == 0)
			region = &vhdx->metadata;
		else if (le32(entry + 28) & 1)
			return v2v_slice_bad(slice, err, "VHDX",
				"a required region is unknown");
		if (region && read_region(slice, entry, region, err) < 0)
			return -1;
	}
	if (!vhdx->bat.length || !vhdx->metadata.length)
		return v2v_slice_bad(slice, err, "VHDX", "a region is missing");
	return 0;
}

/* qemu reads the first table only, others may fall back on the second. */
static int check_regions(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *b = v2v_alloc(2, TABLE);

	if (!read_checked(slice, table_places[0], "regi", b, TABLE))
		return v2v_slice_bad(
			slice, err, "VHDX", "no valid region table");
	if (read_checked(slice, table_places[1], "regi", b + TABLE, TABLE) &&
		memcmp(b, b + TABLE, TABLE) != 0)
		return v2v_slice_bad(
			slice, err, "VHDX", "the region tables differ");
	return read_regions(slice, vhdx, b, err);
}

/* MS-VHDX 2.5.1: the states of a block; 7 is one of a difference that is there
 * in part.  Beside its blocks there are bitmaps, of 1 MiB. */
static const char *judge_block(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, uint64_t block, uint64_t entry,
	struct v2v_places *places)
{
	uint64_t state = entry & 7, place = entry >> 20 << 20;
	/* qemu makes the file of a fixed disk no longer than the disk. */
	uint64_t need = vhdx->size - block * vhdx->block;

	if (need > vhdx->block)
		need = vhdx->block;
	if (state < 4)
		return NULL;
	if (state != 6 && !(state == 7 && vhdx->is_difference))
		return "is in an unknown state";
	if (place < MIB || !v2v_slice_fits(slice, place, need))
		return "lies outside the file";
	if (!(vhdx->is_difference ? v2v_places_take_all(places, place, need)
				  : v2v_places_take(places, place)))
		return "overlaps something else";
	return NULL;
}

/* The entry behind a chunk of blocks, of which @is_needed some in part. */
static const char *judge_bitmap(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, uint64_t entry, bool is_needed,
	struct v2v_places *places)
{
	uint64_t place = entry >> 20 << 20;

	/* What is not a difference has no bitmaps, and nobody looks at them. */
	if (!vhdx->is_difference || ((entry & 7) == 0 && !is_needed))
		return NULL;
	if ((entry & 7) != 6)
		return is_needed ? "has no bitmap of its sectors"
				 : "has a bitmap in an unknown state";
	if (place < MIB || !v2v_slice_fits(slice, place, MIB))
		return "has its bitmap outside the file";
	if (!v2v_places_take(places, place))
		return "has its bitmap where something else is";
	return NULL;
}

/* Entries of the table from @first on; as many as there are, or a chunk. */
static int read_entries(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, uint64_t first, uint64_t left,
	unsigned char *chunk, struct v2v_extent *extent, struct v2v_error *err)
{
	uint64_t at = vhdx->bat.offset + first * 8;
	size_t size = (left < CHUNK_ENTRIES ? left : CHUNK_ENTRIES) * 8;

	memset(chunk, 0, size);
	if (v2v_slice_is_hole(slice, extent, at, size))
		return 0;
	return v2v_slice_read(slice, chunk, size, at, err);
}

/* After each chunk of blocks there is an entry for its bitmap, which only a
 * difference needs, and there of the last chunk, too (MS-VHDX 2.5). */
static uint64_t count_entries(const struct v2v_vhdx *vhdx, uint64_t ratio)
{
	uint64_t blocks = ceil_div(vhdx->size, vhdx->block);

	return vhdx->is_difference ? ceil_div(blocks, ratio) * (ratio + 1)
				   : blocks + (blocks - 1) / ratio;
}

static uint64_t ratio_of(const struct v2v_vhdx *vhdx)
{
	return ((uint64_t)vhdx->sector << 23) / vhdx->block;
}

/* One entry, of those from the first on; *@is_part: a block since the last
 * bitmap was there in part. */
static const char *judge_entry(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, uint64_t index, uint64_t entry,
	bool *is_part, struct v2v_places *places)
{
	uint64_t ratio = ratio_of(vhdx), block = index - index / (ratio + 1);
	const char *fault;

	if (index % (ratio + 1) == ratio) {
		fault = judge_bitmap(slice, vhdx, entry, *is_part, places);
		*is_part = false;
		return fault;
	}
	/* Behind the disk's end, before the last bitmap. */
	if (block >= ceil_div(vhdx->size, vhdx->block))
		return NULL;
	*is_part = *is_part || (entry & 7) == 7;
	return judge_block(slice, vhdx, block, entry, places);
}

static int check_bat(const struct v2v_slice *slice, const struct v2v_vhdx *vhdx,
	struct v2v_places *places, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(CHUNK_ENTRIES, 8);
	struct v2v_extent extent = { 0, 0 };
	uint64_t entries = count_entries(vhdx, ratio_of(vhdx));
	bool is_part = false;

	if (entries > vhdx->bat.length / 8)
		return v2v_slice_bad(
			slice, err, "VHDX", "the block table is too short");
	for (uint64_t i = 0; i < entries; i++) {
		uint64_t in_chunk = i % CHUNK_ENTRIES;
		const char *fault;

		if (in_chunk == 0 && read_entries(slice, vhdx, i, entries - i,
					     chunk, &extent, err) < 0)
			return -1;
		fault = judge_entry(slice, vhdx, i, le64(chunk + in_chunk * 8),
			&is_part, places);
		if (fault)
			return v2v_fail(err, "image-table",
				"'%s': VHDX block %llu %s", slice->name,
				(unsigned long long)(i -
						     i / (ratio_of(vhdx) + 1)),
				fault);
	}
	return 0;
}

/* Readers load the region as a whole, so it has a limit. */
static int check_limits(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, struct v2v_error *err)
{
	uint64_t most = 2 * (MAX_SIZE / vhdx->block) * 8 + MIB;

	if (vhdx->size == 0 || vhdx->size > MAX_SIZE)
		return v2v_slice_bad(slice, err, "VHDX", "size out of range");
	if (vhdx->size % vhdx->sector)
		return v2v_slice_bad(
			slice, err, "VHDX", "size has no whole sectors");
	if (vhdx->bat.length > most)
		return v2v_slice_bad(
			slice, err, "VHDX", "the block table is too long");
	return 0;
}

static int check_blocks(const struct v2v_slice *slice,
	const struct v2v_vhdx *vhdx, struct v2v_error *err)
{
	struct v2v_places places CLEANUP_PLACES = { .count = 0 };
	const struct v2v_vhdx_region *bat = &vhdx->bat;
	const struct v2v_vhdx_region *metadata = &vhdx->metadata;
	const struct v2v_vhdx_region *log = &vhdx->log;

	v2v_places_begin(
		&places, slice->size, vhdx->is_difference ? MIB : vhdx->block);
	if (!v2v_places_fix(&places, 0, MIB) ||
		!v2v_places_fix(&places, log->offset, log->length) ||
		!v2v_places_fix(&places, bat->offset, bat->length) ||
		!v2v_places_fix(&places, metadata->offset, metadata->length))
		return v2v_slice_bad(
			slice, err, "VHDX", "log and regions overlap");
	return check_bat(slice, vhdx, &places, err);
}

/* Headers, regions, metadata. */
static int read_headers(const struct v2v_slice *slice, bool is_layer,
	struct v2v_vhdx *vhdx, struct v2v_error *err)
{
	char magic[8];

	*vhdx = (struct v2v_vhdx){ .is_layer = is_layer };
	if (v2v_slice_read(slice, magic, sizeof magic, 0, err) < 0)
		return -1;
	if (memcmp(magic, "vhdxfile", sizeof magic) != 0)
		return v2v_fail(
			err, "image-header", "'%s' is not a VHDX", slice->name);
	if (slice->size < MIB)
		return v2v_fail(err, "truncated",
			"'%s' ends too early for a VHDX", slice->name);
	if (check_headers(slice, vhdx, err) < 0 ||
		check_regions(slice, vhdx, err) < 0 ||
		v2v_vhdx_read_metadata(slice, vhdx, err) < 0)
		return -1;
	return check_limits(slice, vhdx, err);
}

int v2v_vhdx_read(const struct v2v_slice *slice, bool is_layer,
	struct v2v_vhdx *ret_vhdx, struct v2v_error *err)
{
	return read_headers(slice, is_layer, ret_vhdx, err) < 0
		       ? -1
		       : check_blocks(slice, ret_vhdx, err);
}

int v2v_vhdx_read_blocks(const struct v2v_slice *slice,
	struct v2v_blocks *ret_blocks, struct v2v_error *err)
{
	struct v2v_vhdx vhdx;
	uint64_t entries;

	if (read_headers(slice, true, &vhdx, err) < 0)
		return -1;
	entries = count_entries(&vhdx, ratio_of(&vhdx));
	if (entries > vhdx.bat.length / 8)
		return v2v_slice_bad(
			slice, err, "VHDX", "the block table is too short");
	*ret_blocks = (struct v2v_blocks){
		.size = vhdx.size,
		.block = vhdx.block,
		.table = vhdx.bat.offset,
		.entries = entries,
		.ratio = ratio_of(&vhdx),
		.is_difference = vhdx.is_difference,
	};
	return 0;
}

int v2v_vhdx_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	struct v2v_vhdx vhdx;

	if (v2v_vhdx_read(slice, false, &vhdx, err) < 0)
		return -1;
	image->format = "vhdx";
	image->subformat = vhdx.is_fixed ? "fixed" : "dynamic";
	image->virtual_size = vhdx.size;
	return 0;
}
