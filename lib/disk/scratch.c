/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread's room for reading; the only user of libdeflate's and libzstd's
 * unpackers. */
#include "disk/scratch.h"

#include <libdeflate.h>
#include <zstd.h>

#define MAX_AHEAD (1U << 20)

/* Bytes, and which of which image they are. */
struct held {
	unsigned char *data;
	size_t room;
	const struct v2v_media *of;
	uint64_t start, end;
};

struct v2v_scratch {
	struct held window, piece;
	struct libdeflate_decompressor *inflater;
	ZSTD_DCtx *zstd;
};

struct v2v_scratch *v2v_scratch_new(void)
{
	return v2v_alloc(1, sizeof(struct v2v_scratch));
}

void v2v_scratch_free(struct v2v_scratch *scratch)
{
	if (!scratch)
		return;
	free(scratch->window.data);
	free(scratch->piece.data);
	libdeflate_free_decompressor(scratch->inflater);
	ZSTD_freeDCtx(scratch->zstd);
	free(scratch);
}

static void make_room(struct held *held, size_t size)
{
	held->of = NULL;
	if (held->room >= size)
		return;
	free(held->data);
	held->data = v2v_alloc(1, size);
	held->room = size;
}

const unsigned char *v2v_scratch_window(struct v2v_scratch *scratch,
	const struct v2v_media *media, uint64_t at, uint64_t need,
	uint64_t ahead, struct v2v_error *err)
{
	struct held *window = &scratch->window;
	uint64_t size = ahead < MAX_AHEAD ? ahead : MAX_AHEAD;

	if (window->of == media && at >= window->start &&
		at + need <= window->end)
		return window->data + (at - window->start);
	if (at < media->slice.size && size > media->slice.size - at)
		size = media->slice.size - at;
	if (size < need)
		size = need;
	make_room(window, size);
	if (v2v_media_read(media, window->data, size, at, err) < 0)
		return NULL;
	window->of = media;
	window->start = at;
	window->end = at + size;
	return window->data;
}

unsigned char *v2v_scratch_piece(struct v2v_scratch *scratch,
	const struct v2v_media *media, uint64_t where, size_t size,
	bool *ret_cached)
{
	struct held *piece = &scratch->piece;

	*ret_cached = piece->of == media && piece->start == where;
	if (*ret_cached)
		return piece->data;
	make_room(piece, size);
	piece->start = where;
	return piece->data;
}

void v2v_scratch_keep(
	struct v2v_scratch *scratch, const struct v2v_media *media)
{
	scratch->piece.of = media;
}

static bool inflate_piece(struct v2v_scratch *scratch, bool is_zlib,
	const unsigned char *in, size_t in_size, unsigned char *out,
	size_t out_size, size_t *ret_size)
{
	size_t used = 0;

	if (!scratch->inflater)
		scratch->inflater = libdeflate_alloc_decompressor();
	if (!scratch->inflater)
		abort();
	return (is_zlib ? libdeflate_zlib_decompress_ex
			: libdeflate_deflate_decompress_ex)(scratch->inflater,
		       in, in_size, out, out_size, &used,
		       ret_size) == LIBDEFLATE_SUCCESS;
}

static bool unzstd_piece(struct v2v_scratch *scratch, const unsigned char *in,
	size_t in_size, unsigned char *out, size_t out_size, size_t *ret_size)
{
	size_t frame = ZSTD_findFrameCompressedSize(in, in_size);

	if (!scratch->zstd)
		scratch->zstd = ZSTD_createDCtx();
	if (!scratch->zstd)
		abort();
	if (ZSTD_isError(frame))
		return false;
	*ret_size =
		ZSTD_decompressDCtx(scratch->zstd, out, out_size, in, frame);
	return !ZSTD_isError(*ret_size);
}

bool v2v_unpack_piece(struct v2v_scratch *scratch, enum v2v_packing packing,
	const unsigned char *in, size_t in_size, unsigned char *out,
	size_t out_size, size_t *ret_size)
{
	if (packing == V2V_ZSTD)
		return unzstd_piece(
			scratch, in, in_size, out, out_size, ret_size);
	return inflate_piece(scratch, packing == V2V_ZLIB, in, in_size, out,
		out_size, ret_size);
}
