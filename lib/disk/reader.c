/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readers, whatever the format. */
#include "disk/reader.h"

int v2v_reader_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *ret_span, struct v2v_error *err)
{
	uint64_t end = limit < reader->size ? limit : reader->size;

	*ret_span = (struct v2v_span){ .kind = V2V_SPAN_ABSENT,
		.at = at,
		.start = at,
		.length = limit - at,
		.from = reader };
	if (at >= reader->size)
		return 0;
	return reader->ops->span(reader, at, end, ret_span, err);
}

int v2v_reader_read(const struct v2v_span *span, uint64_t ahead,
	unsigned char *data, struct v2v_scratch *scratch, struct v2v_error *err)
{
	return span->from->ops->read(
		span->from, span, ahead, data, scratch, err);
}

void v2v_reader_free(struct v2v_reader *reader)
{
	if (reader)
		reader->ops->free(reader);
}

void v2v_reader_cleanup(struct v2v_reader **reader)
{
	v2v_reader_free(*reader);
}
