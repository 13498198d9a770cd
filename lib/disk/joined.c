/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extents of a disk, one behind the other: none of them is copied. */
#include "disk/formats.h"

struct part {
	struct v2v_reader *reader; /* NULL: zeros */
	uint64_t at, end;
};

struct joined {
	struct v2v_reader reader;
	struct part *parts;
	size_t count;
};

/* The one that @at, which is inside the disk, is in. */
static const struct part *find(const struct joined *joined, uint64_t at)
{
	size_t low = 0, high = joined->count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (at < joined->parts[middle].end)
			high = middle;
		else
			low = middle + 1;
	}
	return &joined->parts[low];
}

/* Spans are of the whole; the part is found again when it is read. */
static int joined_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct joined *joined = (struct joined *)reader;
	const struct part *part = find(joined, at);
	uint64_t end = limit < part->end ? limit : part->end;

	span->length = end - at;
	span->kind = V2V_SPAN_ZERO;
	if (!part->reader)
		return 0;
	if (v2v_reader_span(
		    part->reader, at - part->at, end - part->at, span, err) < 0)
		return -1;
	span->at += part->at;
	span->start += part->at;
	span->from = reader;
	return 0;
}

static int joined_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct part *part = find((const struct joined *)reader, span->at);
	struct v2v_span own = *span;

	own.at -= part->at;
	own.start -= part->at;
	own.from = part->reader;
	return v2v_reader_read(&own, ahead, data, scratch, err);
}

static void joined_free(struct v2v_reader *reader)
{
	struct joined *joined = (struct joined *)reader;

	for (size_t i = 0; i < joined->count; i++)
		v2v_reader_free(joined->parts[i].reader);
	free(joined->parts);
	free(joined);
}

static const struct v2v_reader_ops joined_ops = {
	.name = "joined",
	.span = joined_span,
	.read = joined_read,
	.free = joined_free,
};

struct v2v_reader *v2v_reader_joined(void)
{
	struct joined *joined = v2v_alloc(1, sizeof *joined);

	joined->reader = (struct v2v_reader){ &joined_ops, 0 };
	return &joined->reader;
}

void v2v_reader_join(
	struct v2v_reader *reader, struct v2v_reader *part, uint64_t size)
{
	struct joined *joined = (struct joined *)reader;
	uint64_t at = joined->reader.size;

	joined->reader.size += size;
	*v2v_append(joined->parts, joined->count) =
		(struct part){ part, at, at + size };
}
