/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gzip, with its check sums. */
#include "unpack/gunzip.h"

#define ZLIB_CONST
#include <zlib.h>

#define BLOCK	  (256 << 10)
#define GZIP_ONLY 16 /* added to the window's bits (zlib.h) */
#define MAGIC	  0x1f

struct v2v_gunzip {
	struct v2v_gunzip_input input;
	z_stream z;
	bool between; /* members: the last one ended */
	unsigned char block[BLOCK];
};

struct v2v_gunzip *v2v_gunzip_new(const struct v2v_gunzip_input *input)
{
	struct v2v_gunzip *g = v2v_alloc(1, sizeof *g);

	/* It fails only where memory does, or zlib is not the one that
	 * zlib.h is of. */
	if (inflateInit2(&g->z, MAX_WBITS + GZIP_ONLY) != Z_OK)
		abort();
	g->input = *input;
	return g;
}

void v2v_gunzip_free(struct v2v_gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

/* 1: there is input; 0: there is no more of it. */
static int take_input(struct v2v_gunzip *g, struct v2v_error *err)
{
	const void *data;
	ssize_t n;

	if (g->z.avail_in)
		return 1;
	n = g->input.read(g->input.opaque, &data, err);
	if (n <= 0)
		return (int)n;
	g->z.next_in = data;
	g->z.avail_in = (unsigned)n;
	return 1;
}

/* Decompress what there is of input. */
static int inflate_more(struct v2v_gunzip *g, struct v2v_error *err)
{
	int status;

	if (g->between)
		inflateReset(&g->z);
	status = inflate(&g->z, Z_NO_FLUSH);
	g->between = status == Z_STREAM_END;
	/* Z_BUF_ERROR: it needs more input, or more room. */
	if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
		return 0;
	return g->input.fail(g->input.opaque,
		g->z.msg ? g->z.msg : "a preset dictionary", err);
}

ssize_t v2v_gunzip_read(struct v2v_gunzip *g, const void **ret_data,
	size_t *ret_unread, struct v2v_error *err)
{
	g->z.next_out = g->block;
	g->z.avail_out = BLOCK;
	while (g->z.avail_out == BLOCK) {
		int more = take_input(g, err);

		if (more < 0)
			return -1;
		if (!more && !g->between)
			return g->input.fail(
				g->input.opaque, "it ends in the middle", err);
		if (g->between && (!more || *g->z.next_in != MAGIC)) {
			*ret_unread = g->z.avail_in;
			return 0;
		}
		if (inflate_more(g, err) < 0)
			return -1;
	}
	*ret_data = g->block;
	return BLOCK - (ssize_t)g->z.avail_out;
}
