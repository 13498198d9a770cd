/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the blocks of a VHD or a VHDX are: a table with an entry for each.  In
 * the difference to a parent a block may be there in part: a bitmap has a bit
 * for each of its sectors, and those without one are asked of the layer below.
 */
#ifndef V2V_IMAGE_BLOCKS_H
#define V2V_IMAGE_BLOCKS_H

#include "image/bytes.h"
#include "image/headers.h"

struct v2v_blocks {
	uint64_t size;	/* of the disk, bytes */
	uint64_t block; /* bytes */
	/* Bytes of the slice, inside it; 0: no table, the disk begins at 0: */
	uint64_t table;
	uint64_t entries; /* of the table */
	uint64_t ratio;	  /* VHDX: blocks before their bitmap's entry; else 0 */
	uint64_t bitmap;  /* VHD: bytes of the bitmap before each block */
	bool is_difference;
};

enum v2v_block_kind {
	V2V_BLOCK_BELOW, /* of a whole disk: zeros */
	V2V_BLOCK_ZERO,
	V2V_BLOCK_WHOLE,
	V2V_BLOCK_PART,
};

/* What the entry of a block says; *@ret_byte: where its data are. */
enum v2v_block_kind v2v_blocks_kind(const struct v2v_blocks *blocks,
	const unsigned char *entry, uint64_t *ret_byte);

/* Bytes of an entry. */
static inline size_t v2v_blocks_width(const struct v2v_blocks *blocks)
{
	return blocks->ratio ? 8 : 4;
}

/* The place of a block's entry in the table, and that of its bitmap's. */
static inline uint64_t v2v_blocks_entry(
	const struct v2v_blocks *blocks, uint64_t block)
{
	return blocks->ratio ? block + block / blocks->ratio : block;
}

static inline uint64_t v2v_blocks_bitmap(
	const struct v2v_blocks *blocks, uint64_t block)
{
	return (block / blocks->ratio + 1) * (blocks->ratio + 1) - 1;
}

/* Read the tables' place of an image, with or without a parent, whose headers
 * and tables are checked. */
int v2v_vhd_read_blocks(const struct v2v_slice *slice,
	struct v2v_blocks *ret_blocks, struct v2v_error *err);
int v2v_vhdx_read_blocks(const struct v2v_slice *slice,
	struct v2v_blocks *ret_blocks, struct v2v_error *err);

/*
 * The name of a parent as Windows writes it, UTF-16 in @size bytes of
 * @encoding (iconv's name), up to a NUL: with slashes; the caller's.  The last
 * part of one that is not relative, as the folder was another machine's.  NULL
 * where it is not text or empty.
 */
char *v2v_parent_name(const unsigned char *text, size_t size,
	const char *encoding, bool is_relative);

/* Add the last part of each of the names (char *) that has others: a file that
 * lies beside its child now, wherever it lay. */
void v2v_parent_add_last(struct v2v_list *names);
#endif
