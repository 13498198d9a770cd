/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VHD or VHDX as a layer (image/blocks.h): in a difference blocks may be
 * there in part, by a bitmap of their sectors. */
#include "image/blocks.h"
#include "disk/formats.h"

#define SECTOR 512ULL
#define NONE   UINT64_MAX
#define PIECE  8192ULL /* entries of the table that are held */

struct blocks {
	struct v2v_reader reader;
	struct v2v_media media;
	struct v2v_blocks about;
	unsigned char *entries; /* a piece of the table */
	uint64_t piece;		/* which */
	unsigned char *bitmap;	/* of one block */
	uint64_t block;		/* which */
};

/* What lies in a block; @bitmap: its first byte, of one that is in parts. */
struct block {
	enum v2v_block_kind kind;
	uint64_t at, bitmap;
};

static int load_piece(struct blocks *b, uint64_t piece, struct v2v_error *err)
{
	size_t width = v2v_blocks_width(&b->about);
	uint64_t n = b->about.entries - piece * PIECE;

	if (piece == b->piece)
		return 0;
	b->piece = NONE;
	if (v2v_slice_read(&b->media.slice, b->entries,
		    (n < PIECE ? n : PIECE) * width,
		    b->about.table + piece * PIECE * width, err) < 0)
		return -1;
	b->piece = piece;
	return 0;
}

static int find_entry(struct blocks *b, uint64_t index,
	const unsigned char **ret_entry, struct v2v_error *err)
{
	if (index >= b->about.entries)
		return v2v_fail(err, "image-table", "'%s': no block %llu",
			b->media.slice.name, (unsigned long long)index);
	if (load_piece(b, index / PIECE, err) < 0)
		return -1;
	*ret_entry = b->entries + index % PIECE * v2v_blocks_width(&b->about);
	return 0;
}

/* A VHDX has the bitmaps of many blocks in one place. */
static int find_bitmap(struct blocks *b, uint64_t block, struct block *found,
	struct v2v_error *err)
{
	const unsigned char *entry;

	if (!b->about.ratio) {
		found->bitmap = found->at - b->about.bitmap;
		return 0;
	}
	if (find_entry(b, v2v_blocks_bitmap(&b->about, block), &entry, err) < 0)
		return -1;
	v2v_blocks_kind(&b->about, entry, &found->bitmap);
	found->bitmap += block % b->about.ratio * (b->about.block / SECTOR / 8);
	return 0;
}

static int find_block(struct blocks *b, uint64_t block, struct block *found,
	struct v2v_error *err)
{
	const unsigned char *entry;

	if (find_entry(b, v2v_blocks_entry(&b->about, block), &entry, err) < 0)
		return -1;
	found->kind = v2v_blocks_kind(&b->about, entry, &found->at);
	return found->kind == V2V_BLOCK_PART ? find_bitmap(b, block, found, err)
					     : 0;
}

/* The first block from @block on, before @end, that is of another kind, or
 * elsewhere than behind the last. */
static int alike(struct blocks *b, uint64_t block, uint64_t end,
	const struct block *first, uint64_t *ret_next, struct v2v_error *err)
{
	struct block other = { .at = 0 };
	uint64_t next = block + 1;

	for (; next < end && first->kind != V2V_BLOCK_PART; next++) {
		if (find_block(b, next, &other, err) < 0)
			return -1;
		if (other.kind != first->kind ||
			(other.kind == V2V_BLOCK_WHOLE &&
				other.at != first->at + (next - block) *
								b->about.block))
			break;
	}
	*ret_next = next;
	return 0;
}

static int load_bitmap(struct blocks *b, uint64_t block,
	const struct block *found, struct v2v_error *err)
{
	if (b->block == block)
		return 0;
	b->block = NONE;
	if (v2v_slice_read(&b->media.slice, b->bitmap,
		    b->about.block / SECTOR / 8, found->bitmap, err) < 0)
		return -1;
	b->block = block;
	return 0;
}

/* VHD counts the bits of a byte from its high end, VHDX from its low one. */
static bool is_here(const struct blocks *b, uint64_t sector)
{
	unsigned bit = sector % 8;

	return b->bitmap[sector / 8] >> (b->about.ratio ? bit : 7 - bit) & 1;
}

/* The bytes of one block from @at on that are of one kind. */
static int part_span(struct blocks *b, uint64_t at, uint64_t limit,
	const struct block *found, struct v2v_span *span, struct v2v_error *err)
{
	uint64_t block = at / b->about.block, begin = block * b->about.block;
	uint64_t sector = (at - begin) / SECTOR, next = sector + 1;
	uint64_t end =
		limit < begin + b->about.block ? limit : begin + b->about.block;
	bool here;

	if (load_bitmap(b, block, found, err) < 0)
		return -1;
	here = is_here(b, sector);
	while (begin + next * SECTOR < end && is_here(b, next) == here)
		next++;
	next = begin + next * SECTOR;
	span->kind = here ? V2V_SPAN_DATA : V2V_SPAN_ABSENT;
	span->where = found->at + (at - begin);
	span->length = (next < end ? next : end) - at;
	return 0;
}

static int blocks_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	static const enum v2v_span_kind kinds[] = { V2V_SPAN_ABSENT,
		V2V_SPAN_ZERO, V2V_SPAN_DATA };
	struct blocks *b = (struct blocks *)reader;
	uint64_t block = at / b->about.block, next;
	uint64_t end = (limit - 1) / b->about.block + 1;
	struct block found = { .at = 0 };

	if (find_block(b, block, &found, err) < 0)
		return -1;
	if (found.kind == V2V_BLOCK_PART)
		return part_span(b, at, limit, &found, span, err);
	if (alike(b, block, end, &found, &next, err) < 0)
		return -1;
	next *= b->about.block;
	span->kind = kinds[found.kind];
	span->where = found.at + at % b->about.block;
	span->length = (next < limit ? next : limit) - at;
	return 0;
}

static int blocks_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct blocks *b = (const struct blocks *)reader;

	(void)ahead;
	(void)scratch;
	return v2v_media_read(&b->media, data, span->length,
		span->where + (span->at - span->start), err);
}

static void blocks_free(struct v2v_reader *reader)
{
	struct blocks *b = (struct blocks *)reader;

	v2v_media_close(&b->media);
	free(b->entries);
	free(b->bitmap);
	free(b);
}

static const struct v2v_reader_ops blocks_ops = {
	.name = "blocks",
	.span = blocks_span,
	.read = blocks_read,
	.free = blocks_free,
};

int v2v_reader_blocks(struct v2v_media *media, bool is_vhdx,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct v2v_blocks about = { .table = 0 };
	struct blocks *b;

	if ((is_vhdx ? v2v_vhdx_read_blocks : v2v_vhd_read_blocks)(
		    &media->slice, &about, err) < 0) {
		v2v_media_close(media);
		return -1;
	}
	if (!about.table)
		return v2v_reader_raw(media, about.size, ret_reader, err);
	b = v2v_alloc(1, sizeof *b);
	b->reader = (struct v2v_reader){ &blocks_ops, about.size };
	b->media = *media;
	b->about = about;
	b->piece = b->block = NONE;
	b->entries = v2v_alloc(PIECE, 8);
	b->bitmap = v2v_alloc(1, about.block / SECTOR / 8);
	*media = (struct v2v_media){ .is_cold = false };
	*ret_reader = &b->reader;
	return 0;
}
