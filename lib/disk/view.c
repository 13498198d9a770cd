/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads at any position. */
#include "disk/view.h"

#include "disk/pieces.h"
#include "disk/span-index.h"

#define BLOCK  65536ULL	    /* of what is fetched from a server */
#define AHEAD  (256U << 10) /* bytes, packed, where reads go upwards */
#define MARKER 512U	    /* behind a packed grain the next one's is read */

struct v2v_disk_view {
	struct v2v_reader *reader; /* NULL: blank */
	uint64_t size;
	struct v2v_span_index *index;
	struct v2v_pieces *pieces;
	struct v2v_scratch *scratch;
	uint64_t next; /* the byte behind what was unpacked last */
	uint64_t unpacked, found;
};

struct v2v_disk_view *v2v_view_new(
	struct v2v_reader *reader, uint64_t size, size_t cache)
{
	struct v2v_disk_view *view = v2v_alloc(1, sizeof *view);

	view->reader = reader;
	view->size = size;
	if (!reader)
		return view;
	view->index = v2v_span_index_new(reader);
	view->pieces = v2v_pieces_new(cache);
	view->scratch = v2v_scratch_new();
	return view;
}

void v2v_view_free(struct v2v_disk_view *view)
{
	if (!view)
		return;
	v2v_span_index_free(view->index);
	v2v_pieces_free(view->pieces);
	v2v_scratch_free(view->scratch);
	v2v_reader_free(view->reader);
	free(view);
}

/* A part of a span, straight from the reader. */
static int read_part(struct v2v_disk_view *view, const struct v2v_span *span,
	uint64_t at, void *data, size_t size, struct v2v_error *err)
{
	struct v2v_span part = *span;
	uint64_t ahead = 0;

	part.at = at;
	part.length = size;
	if (span->stored) {
		ahead = span->stored + MARKER;
		if (at == view->next && ahead < AHEAD)
			ahead = AHEAD;
		view->next = at + size;
		view->unpacked++;
	}
	return v2v_reader_read(&part, ahead, data, view->scratch, err);
}

/* Is a small read nearly as costly as a large one? */
static bool is_remote(const struct v2v_span *span)
{
	return v2v_streq(span->from->ops->name, "nbd");
}

/* Of a packed span all, of a server's the block that @at is in. */
static void piece_of(const struct v2v_span *span, uint64_t at,
	uint64_t *ret_start, uint64_t *ret_end)
{
	uint64_t start = span->at, end = span->at + span->length;

	if (!span->stored) {
		if (at / BLOCK * BLOCK > start)
			start = at / BLOCK * BLOCK;
		if ((at / BLOCK + 1) * BLOCK < end)
			end = (at / BLOCK + 1) * BLOCK;
	}
	*ret_start = start;
	*ret_end = end;
}

/* At most to the end of the piece that @at is in; how much it was. */
static int read_by_piece(struct v2v_disk_view *view,
	const struct v2v_span *span, uint64_t at, void *data, size_t *size,
	struct v2v_error *err)
{
	uint64_t start, end;
	struct v2v_piece *piece;

	piece_of(span, at, &start, &end);
	if (*size > end - at)
		*size = end - at;
	piece = v2v_pieces_find(view->pieces, start, end - start);
	if (piece)
		view->found++;
	/* All of it is wanted: there is nothing to keep. */
	if (!piece && *size == end - start)
		return read_part(view, span, at, data, *size, err);
	if (!piece) {
		piece = v2v_pieces_add(view->pieces, start, end - start);
		if (read_part(view, span, start, piece->data, piece->size,
			    err) < 0) {
			v2v_pieces_drop(view->pieces, piece);
			return -1;
		}
	}
	memcpy(data, piece->data + (at - start), *size);
	return 0;
}

/* The first bytes, of one span; how many in *@size. */
static int read_some(struct v2v_disk_view *view, uint64_t at, void *data,
	size_t *size, struct v2v_error *err)
{
	const struct v2v_span *span;

	if (!view->reader || at >= view->reader->size) {
		memset(data, 0, *size);
		return 0;
	}
	span = v2v_span_index_find(view->index, at, err);
	if (!span)
		return -1;
	if (*size > span->at + span->length - at)
		*size = span->at + span->length - at;
	if (span->kind != V2V_SPAN_DATA) {
		memset(data, 0, *size);
		return 0;
	}
	if (span->stored || is_remote(span))
		return read_by_piece(view, span, at, data, size, err);
	return read_part(view, span, at, data, *size, err);
}

int v2v_view_read(struct v2v_disk_view *view, uint64_t at, void *data,
	size_t size, struct v2v_error *err)
{
	if (at > view->size || size > view->size - at)
		return v2v_fail(err, "image-range",
			"%zu bytes at %llu of a disk of %llu bytes", size,
			(unsigned long long)at, (unsigned long long)view->size);
	while (size) {
		size_t n = size;

		if (read_some(view, at, data, &n, err) < 0)
			return -1;
		data = (unsigned char *)data + n;
		at += n;
		size -= n;
	}
	return 0;
}

uint64_t v2v_view_size(const struct v2v_disk_view *view)
{
	return view->size;
}

struct v2v_reader *v2v_view_reader(const struct v2v_disk_view *view)
{
	return view->reader;
}

struct v2v_view_figures v2v_view_figures(const struct v2v_disk_view *view)
{
	struct v2v_view_figures f = { .unpacked = view->unpacked,
		.found = view->found };

	if (!view->reader)
		return f;
	f.walks = v2v_span_index_walks(view->index);
	f.spans = v2v_span_index_held(view->index);
	f.held = v2v_pieces_held(view->pieces);
	return f;
}
