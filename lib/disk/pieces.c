/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of pieces, and a list of them by use. */
#include "disk/pieces.h"

#define PLACES 4096
#define UNIT   4096 /* bytes that no two pieces begin in, mostly */

struct v2v_pieces {
	size_t limit, held; /* bytes */
	struct v2v_piece *newest, *oldest;
	struct v2v_piece *places[PLACES];
};

struct v2v_pieces *v2v_pieces_new(size_t limit)
{
	struct v2v_pieces *pieces = v2v_alloc(1, sizeof *pieces);

	pieces->limit = limit;
	return pieces;
}

/* Pieces of 64 KiB, as of 4 KiB, must not share places. */
static struct v2v_piece **place_of(struct v2v_pieces *pieces, uint64_t at)
{
	uint64_t n = at / UNIT * 0x9e3779b97f4a7c15ULL;

	return &pieces->places[n >> 52];
}

static void unlink_use(struct v2v_pieces *pieces, struct v2v_piece *piece)
{
	*(piece->newer ? &piece->newer->older : &pieces->newest) = piece->older;
	*(piece->older ? &piece->older->newer : &pieces->oldest) = piece->newer;
}

static void link_newest(struct v2v_pieces *pieces, struct v2v_piece *piece)
{
	piece->newer = NULL;
	piece->older = pieces->newest;
	*(pieces->newest ? &pieces->newest->newer : &pieces->oldest) = piece;
	pieces->newest = piece;
}

void v2v_pieces_drop(struct v2v_pieces *pieces, struct v2v_piece *piece)
{
	struct v2v_piece **place = place_of(pieces, piece->at);

	while (*place != piece)
		place = &(*place)->next;
	*place = piece->next;
	unlink_use(pieces, piece);
	pieces->held -= piece->size;
	free(piece);
}

void v2v_pieces_free(struct v2v_pieces *pieces)
{
	if (!pieces)
		return;
	while (pieces->oldest)
		v2v_pieces_drop(pieces, pieces->oldest);
	free(pieces);
}

struct v2v_piece *v2v_pieces_find(
	struct v2v_pieces *pieces, uint64_t at, size_t size)
{
	struct v2v_piece *piece = *place_of(pieces, at);

	while (piece && (piece->at != at || piece->size != size))
		piece = piece->next;
	if (piece && piece != pieces->newest) {
		unlink_use(pieces, piece);
		link_newest(pieces, piece);
	}
	return piece;
}

struct v2v_piece *v2v_pieces_add(
	struct v2v_pieces *pieces, uint64_t at, size_t size)
{
	struct v2v_piece **place = place_of(pieces, at), *piece;

	while (pieces->oldest && pieces->held + size > pieces->limit)
		v2v_pieces_drop(pieces, pieces->oldest);
	piece = malloc(sizeof *piece + size);
	if (!piece)
		abort();
	piece->at = at;
	piece->size = size;
	piece->next = *place;
	*place = piece;
	link_newest(pieces, piece);
	pieces->held += size;
	return piece;
}

uint64_t v2v_pieces_held(const struct v2v_pieces *pieces)
{
	return pieces->held;
}
