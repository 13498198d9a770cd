/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header and the block map of a VDI 1.1 (VirtualBox: VDICore.h; what qemu
 * can read of it: block/vdi.c). */
#include "image/bytes.h"
#include "image/places.h"

#define HEADER	      512
#define VERSION	      0x00010001U
#define DYNAMIC	      1
#define STATIC	      2
#define DIFFERENCING  4
#define SECTOR	      512U
#define BLOCK	      (1ULL << 20)
#define MAX_SIZE      (1ULL << 50)
#define MAX_BLOCKS    0x3fffffffU /* qemu's limit */
#define FREE	      0xffffffffU
#define ZERO	      0xfffffffeU
#define CHUNK_ENTRIES 16384

struct header {
	uint32_t type, map, data, blocks;
	uint64_t size;
};

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n && !*p)
		p++, n--;
	return n == 0;
}

/* The type, and the links to other images by their UUIDs. */
static int check_alone(const struct v2v_slice *slice, const unsigned char *b,
	struct v2v_error *err)
{
	uint32_t type = le32(b + 76);

	if (type == DIFFERENCING || !is_zero(b + 424, 32))
		return v2v_fail(err, "image-parent",
			"'%s': a VDI that is only the difference to a parent "
			"is refused",
			slice->name);
	if (type != DYNAMIC && type != STATIC)
		return v2v_slice_bad(
			slice, err, "VDI", "unknown type of image");
	return 0;
}

static int check_layout(const struct v2v_slice *slice, const unsigned char *b,
	struct v2v_error *err)
{
	uint64_t size = le64(b + 368);
	uint32_t map = le32(b + 340), data = le32(b + 344);
	uint32_t blocks = le32(b + 384);

	if (size == 0 || size > MAX_SIZE)
		return v2v_slice_bad(slice, err, "VDI", "size out of range");
	if (le32(b + 360) != SECTOR)
		return v2v_slice_bad(
			slice, err, "VDI", "unknown size of sectors");
	/* qemu does not look at the extra bytes between blocks. */
	if (le32(b + 376) != BLOCK || le32(b + 380) != 0)
		return v2v_slice_bad(
			slice, err, "VDI", "block size is not 1 MiB");
	if (blocks < ceil_div(size, BLOCK) || blocks > MAX_BLOCKS)
		return v2v_slice_bad(slice, err, "VDI",
			"the block map does not fit the disk");
	if (map < HEADER || map % SECTOR || data % SECTOR)
		return v2v_slice_bad(slice, err, "VDI",
			"the block map or the data is not where "
			"a sector begins");
	if (!v2v_slice_fits(slice, map, (uint64_t)blocks * 4) ||
		data > slice->size)
		return v2v_fail(err, "truncated",
			"'%s': VDI block map outside the file (is it cut "
			"off?)",
			slice->name);
	return 0;
}

static int read_header(
	const struct v2v_slice *slice, struct header *h, struct v2v_error *err)
{
	unsigned char b[HEADER];

	if (v2v_slice_read(slice, b, sizeof b, 0, err) < 0)
		return -1;
	if (memcmp(b + 64, "\x7f\x10\xda\xbe", 4) != 0)
		return v2v_fail(
			err, "image-header", "'%s' is not a VDI", slice->name);
	if (le32(b + 68) != VERSION)
		return v2v_slice_bad(slice, err, "VDI", "unknown version");
	if (check_alone(slice, b, err) < 0 || check_layout(slice, b, err) < 0)
		return -1;
	*h = (struct header){
		.type = le32(b + 76),
		.map = le32(b + 340),
		.data = le32(b + 344),
		.blocks = le32(b + 384),
		.size = le64(b + 368),
	};
	return 0;
}

/* The last block may end with the disk. */
static bool has_block(const struct v2v_slice *slice, const struct header *h,
	uint64_t index, uint32_t place)
{
	uint64_t start = index * BLOCK;
	uint64_t need = start >= h->size ? 0 : h->size - start;

	return v2v_slice_fits(
		slice, h->data + place * BLOCK, need < BLOCK ? need : BLOCK);
}

static const char *judge_block(const struct v2v_slice *slice,
	const struct header *h, uint64_t index, uint32_t place,
	struct v2v_places *places)
{
	if (place >= ZERO)
		return NULL;
	if (!has_block(slice, h, index, place))
		return "lies outside the file";
	if (!v2v_places_take(places, h->data + place * BLOCK))
		return "overlaps something else";
	return NULL;
}

/* Two blocks in one place do not only mean a damaged map: a hole in a sparse
 * file reads as such a map, and would be a long way for nothing. */
static int check_map(const struct v2v_slice *slice, const struct header *h,
	struct v2v_places *places, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(CHUNK_ENTRIES, 4);

	for (uint64_t i = 0; i < h->blocks; i++) {
		uint64_t in_chunk = i % CHUNK_ENTRIES, left = h->blocks - i;
		const char *fault;

		if (left > CHUNK_ENTRIES)
			left = CHUNK_ENTRIES;
		if (in_chunk == 0 && v2v_slice_read(slice, chunk, left * 4,
					     h->map + i * 4, err) < 0)
			return -1;
		fault = judge_block(
			slice, h, i, le32(chunk + in_chunk * 4), places);
		if (fault)
			return v2v_fail(err, "image-table",
				"'%s': VDI block %llu %s", slice->name,
				(unsigned long long)i, fault);
	}
	return 0;
}

int v2v_vdi_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	struct v2v_places places CLEANUP_PLACES = { .count = 0 };
	struct header h = { .blocks = 0 };

	if (read_header(slice, &h, err) < 0)
		return -1;
	image->format = "vdi";
	image->subformat = h.type == STATIC ? "static" : "dynamic";
	image->virtual_size = ceil_div(h.size, SECTOR) * SECTOR;
	v2v_places_begin(&places, slice->size, BLOCK);
	if (!v2v_places_fix(&places, 0, HEADER) ||
		!v2v_places_fix(&places, h.map, h.blocks * 4ULL))
		return v2v_slice_bad(
			slice, err, "VDI", "the block map overlaps the header");
	return check_map(slice, &h, &places, err);
}
