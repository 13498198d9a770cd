/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw images: what the file has is what the guest has. */
#include "disk/formats.h"

struct raw {
	struct v2v_reader reader;
	struct v2v_media media;
};

/* A hole of the file; a filesystem that knows none is all data.  Offsets are
 * the file's. */
static int raw_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct raw *raw = (struct raw *)reader;
	uint64_t base = raw->media.slice.offset;
	off_t data = lseek(raw->media.slice.fd, (off_t)(base + at), SEEK_DATA);
	off_t hole;

	(void)err;
	span->where = at;
	span->length = limit - at;
	if (data < 0 && errno == ENXIO) {
		span->kind = V2V_SPAN_ZERO;
		return 0;
	}
	if (data > (off_t)(base + at)) {
		span->kind = V2V_SPAN_ZERO;
		if ((uint64_t)data - base < limit)
			span->length = (uint64_t)data - base - at;
		return 0;
	}
	span->kind = V2V_SPAN_DATA;
	hole = data < 0 ? -1 : lseek(raw->media.slice.fd, data, SEEK_HOLE);
	/* The last sector of a file that ends in it counts as data. */
	if (hole > data && (uint64_t)hole - base < limit &&
		(uint64_t)hole - base < raw->media.slice.size)
		span->length = (uint64_t)hole - base - at;
	return 0;
}

static int raw_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct raw *raw = (const struct raw *)reader;
	uint64_t left = raw->media.slice.size - span->at;
	uint64_t n = span->length < left ? span->length : left;

	(void)ahead;
	(void)scratch;
	memset(data + n, 0, span->length - n);
	return v2v_media_read(&raw->media, data, n, span->at, err);
}

static void raw_free(struct v2v_reader *reader)
{
	struct raw *raw = (struct raw *)reader;

	v2v_media_close(&raw->media);
	free(raw);
}

static const struct v2v_reader_ops raw_ops = {
	.name = "raw",
	.span = raw_span,
	.read = raw_read,
	.free = raw_free,
};

int v2v_reader_raw(struct v2v_media *media, uint64_t size,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct raw *raw;

	if (size > media->slice.size + 511) {
		v2v_media_close(media);
		return v2v_fail(err, "truncated", "the raw image is too short");
	}
	raw = v2v_alloc(1, sizeof *raw);
	raw->reader = (struct v2v_reader){ &raw_ops, size };
	raw->media = *media;
	*media = (struct v2v_media){ .is_cold = false };
	*ret_reader = &raw->reader;
	return 0;
}
