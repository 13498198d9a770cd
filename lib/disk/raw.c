/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw images: what the file has is what the guest has. */
#include "disk/formats.h"

struct raw {
	struct v2v_reader reader;
	struct v2v_media media;
	bool is_hole; /* the area of the file that was looked at last */
	uint64_t start, end;
};

/* Find the hole or the data that begin at @at; a filesystem that knows no holes
 * has only data.  The last sector of a file that ends in it counts as data. */
static void find_area(struct raw *raw, uint64_t at)
{
	const struct v2v_slice *slice = &raw->media.slice;
	off_t start = (off_t)(slice->offset + at);
	off_t data = lseek(slice->fd, start, SEEK_DATA), end;

	raw->is_hole = data > start || (data < 0 && errno == ENXIO);
	end = raw->is_hole ? data
	      : data < 0   ? -1
			   : lseek(slice->fd, data, SEEK_HOLE);
	raw->start = at;
	raw->end = raw->reader.size;
	if (end > start && (uint64_t)end - slice->offset < slice->size)
		raw->end = (uint64_t)end - slice->offset;
}

static int raw_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct raw *raw = (struct raw *)reader;

	(void)err;
	/* Each look costs the kernel as much as the area is large. */
	if (at < raw->start || at >= raw->end)
		find_area(raw, at);
	span->kind = raw->is_hole ? V2V_SPAN_ZERO : V2V_SPAN_DATA;
	span->where = at;
	span->length = (raw->end < limit ? raw->end : limit) - at;
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
