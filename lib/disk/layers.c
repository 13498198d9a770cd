/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An overlay over what it changes: each byte comes from the upper layer that
 * has it, and is read once. */
#include "disk/formats.h"

struct layers {
	struct v2v_reader reader;
	struct v2v_reader *top, *below;
	bool is_overlay; /* the top is none of the source's layers */
	/* What the top said last: it may be asked for many a small piece of
	 * what it has not. */
	struct v2v_span said;
};

static int layers_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct layers *layers = (struct layers *)reader;
	const struct v2v_span *said = &layers->said;

	if (at < said->at || at - said->at >= said->length) {
		layers->said.length = 0;
		if (v2v_reader_span(layers->top, at, reader->size,
			    &layers->said, err) < 0)
			return -1;
	}
	*span = *said;
	span->length -= at - said->at;
	span->at = at;
	if (span->length > limit - at)
		span->length = limit - at;
	if (span->kind != V2V_SPAN_ABSENT || !layers->below)
		return 0;
	return v2v_reader_span(layers->below, at, at + span->length, span, err);
}

/* Spans are of the layers' own: none is of the whole. */
static int layers_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	(void)reader;
	(void)span;
	(void)ahead;
	(void)data;
	(void)scratch;
	return v2v_fail(err, "internal", "layers have no data of their own");
}

static void layers_free(struct v2v_reader *reader)
{
	struct layers *layers = (struct layers *)reader;

	v2v_reader_free(layers->top);
	v2v_reader_free(layers->below);
	free(layers);
}

static const struct v2v_reader_ops layers_ops = {
	.name = "layers",
	.span = layers_span,
	.read = layers_read,
	.free = layers_free,
};

static struct layers *layers_new(
	struct v2v_reader *top, struct v2v_reader *below, uint64_t size)
{
	struct layers *layers = v2v_alloc(1, sizeof *layers);

	layers->reader = (struct v2v_reader){ &layers_ops, size };
	layers->top = top;
	layers->below = below;
	return layers;
}

struct v2v_reader *v2v_reader_layers(
	struct v2v_reader *top, struct v2v_reader *below, uint64_t size)
{
	struct layers *layers = layers_new(top, below, size);

	layers->is_overlay = true;
	return &layers->reader;
}

struct v2v_reader *v2v_reader_stack(
	struct v2v_reader *top, struct v2v_reader *below, uint64_t size)
{
	return &layers_new(top, below, size)->reader;
}

struct v2v_reader *v2v_reader_top(const struct v2v_reader *reader)
{
	const struct layers *layers = (const struct layers *)reader;

	if (!reader || reader->ops != &layers_ops || !layers->is_overlay)
		return NULL;
	return layers->top;
}
