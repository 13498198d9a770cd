/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Planning and reading a batch. */
#include "copy/batch.h"

#define SIZE	  (V2V_BATCH * V2V_CLUSTER)
#define MAX_AHEAD (1ULL << 20)

struct v2v_batch *v2v_batch_new(void)
{
	struct v2v_batch *batch = v2v_alloc(1, sizeof *batch);

	batch->data = v2v_alloc(V2V_BATCH, V2V_CLUSTER);
	return batch;
}

void v2v_batch_free(struct v2v_batch *batch)
{
	if (!batch)
		return;
	free(batch->data);
	free(batch->pieces);
	free(batch);
}

/* The slot for this cluster: the last one, where it is that, or a new one. */
static size_t slot_of(const struct v2v_batch *batch, uint64_t cluster)
{
	if (batch->count && batch->clusters[batch->count - 1] == cluster)
		return batch->count - 1;
	return batch->count;
}

static void add_piece(
	struct v2v_batch *batch, const struct v2v_span *span, size_t to)
{
	if (batch->piece_count == batch->piece_room) {
		batch->piece_room = batch->piece_room * 2 + V2V_BATCH;
		batch->pieces = reallocarray(batch->pieces, batch->piece_room,
			sizeof *batch->pieces);
		if (!batch->pieces)
			abort();
	}
	batch->pieces[batch->piece_count++] =
		(struct v2v_piece){ *span, to, span->stored };
	batch->bytes += span->length;
}

/* Account for the clusters that a piece touches. */
static void fill(struct v2v_batch *batch, const struct v2v_span *span)
{
	uint64_t at = span->at, end = span->at + span->length;

	while (at < end) {
		uint64_t cluster = at / V2V_CLUSTER;
		uint64_t next = (cluster + 1) * V2V_CLUSTER;
		size_t slot = slot_of(batch, cluster);

		if (slot == batch->count) {
			batch->count++;
			batch->clusters[slot] = cluster;
			batch->filled[slot] = 0;
		}
		batch->filled[slot] += (next < end ? next : end) - at;
		at = next;
	}
}

/* False where the batch is full: then it ends before the span's cluster. */
static bool place(struct v2v_batch *batch, struct v2v_span *span)
{
	uint64_t cluster = span->at / V2V_CLUSTER;
	uint64_t in_cluster = span->at % V2V_CLUSTER;
	size_t slot = slot_of(batch, cluster);
	uint64_t room = (V2V_BATCH - slot) * V2V_CLUSTER;

	if (slot == V2V_BATCH)
		return false;
	room -= in_cluster;
	/* What is packed is better not unpacked twice. */
	if (span->stored && span->length > room && span->length <= SIZE &&
		slot == batch->count && slot > 0)
		return false;
	if (span->length > room)
		span->length = room;
	add_piece(batch, span, slot * V2V_CLUSTER + in_cluster);
	fill(batch, span);
	return true;
}

/* Packed pieces that follow one another in the file are read in one go. */
static void look_ahead(struct v2v_batch *batch)
{
	for (size_t i = batch->piece_count; i-- > 1;) {
		const struct v2v_piece *next = &batch->pieces[i];
		struct v2v_piece *piece = &batch->pieces[i - 1];
		uint64_t gap = next->span.where - piece->span.where;

		if (!piece->span.stored || !next->span.stored ||
			piece->span.from != next->span.from ||
			next->span.where < piece->span.where ||
			gap > MAX_AHEAD || gap + next->ahead > MAX_AHEAD)
			continue;
		piece->ahead = gap + next->ahead;
	}
}

int v2v_batch_plan(struct v2v_batch *batch, struct v2v_reader *reader,
	uint64_t from, uint64_t end, struct v2v_error *err)
{
	struct v2v_span span;

	batch->from = from;
	batch->to = batch->end = end;
	batch->count = batch->piece_count = 0;
	batch->bytes = 0;
	while (reader && from < end) {
		if (v2v_reader_span(reader, from, end, &span, err) < 0)
			return -1;
		if (span.kind == V2V_SPAN_DATA && !place(batch, &span)) {
			batch->to = from / V2V_CLUSTER * V2V_CLUSTER;
			break;
		}
		from = span.at + span.length;
	}
	look_ahead(batch);
	return 0;
}

bool v2v_all_zero(const unsigned char *data, size_t size)
{
	return *data == 0 && memcmp(data, data + 1, size - 1) == 0;
}

int v2v_batch_read(struct v2v_batch *batch, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->filled[i] < V2V_CLUSTER)
			memset(batch->data + i * V2V_CLUSTER, 0, V2V_CLUSTER);
	for (size_t i = 0; i < batch->piece_count; i++) {
		const struct v2v_piece *piece = &batch->pieces[i];

		if (v2v_reader_read(&piece->span, piece->ahead,
			    batch->data + piece->to, scratch, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < batch->count; i++)
		batch->is_zero[i] = v2v_all_zero(
			batch->data + i * V2V_CLUSTER, V2V_CLUSTER);
	return 0;
}

bool v2v_batch_next(const struct v2v_batch *batch, struct v2v_stretch *stretch)
{
	size_t i = stretch->next, first;
	uint64_t end;

	while (i < batch->count && batch->is_zero[i])
		i++;
	*stretch = (struct v2v_stretch){ batch->to, 0, NULL, i };
	if (i == batch->count)
		return false;
	first = i++;
	while (i < batch->count && !batch->is_zero[i] &&
		batch->clusters[i] == batch->clusters[i - 1] + 1)
		i++;
	stretch->at = batch->clusters[first] * V2V_CLUSTER;
	end = (batch->clusters[i - 1] + 1) * V2V_CLUSTER;
	stretch->length = (end < batch->end ? end : batch->end) - stretch->at;
	stretch->data = batch->data + first * V2V_CLUSTER;
	stretch->next = i;
	return true;
}
