/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces of a disk that were unpacked or fetched, kept while there is room: the
 * one that was not used for longest goes first. */
#ifndef V2V_DISK_PIECES_H
#define V2V_DISK_PIECES_H

#include "core/mem.h"

struct v2v_piece {
	uint64_t at; /* the guest's byte, its key */
	size_t size;
	struct v2v_piece *newer, *older; /* by use */
	struct v2v_piece *next;		 /* of the same place in the table */
	unsigned char data[];
};

struct v2v_pieces;

/* At most @limit bytes of data, but for one piece. */
struct v2v_pieces *v2v_pieces_new(size_t limit);
void v2v_pieces_free(struct v2v_pieces *pieces);

/* The piece that begins at @at and has @size bytes, or NULL; used now. */
struct v2v_piece *v2v_pieces_find(
	struct v2v_pieces *pieces, uint64_t at, size_t size);

/* Room for it, data not set; v2v_pieces_drop() where they cannot be had. */
struct v2v_piece *v2v_pieces_add(
	struct v2v_pieces *pieces, uint64_t at, size_t size);
void v2v_pieces_drop(struct v2v_pieces *pieces, struct v2v_piece *piece);

uint64_t v2v_pieces_held(const struct v2v_pieces *pieces); /* bytes */
#endif
