/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adding up the spans of a disk. */
#include "disk/measure.h"

#include "disk/layout.h"

#define BLOCK 4096ULL

/* Pieces of one size that hold data; @next is the first not looked at. */
struct pieces {
	uint64_t count, next;
};

/* Spans come in order; two may share a piece. */
static void touch(
	struct pieces *pieces, uint64_t start, uint64_t length, uint64_t size)
{
	uint64_t first = start / size, end = (start + length - 1) / size + 1;

	if (first < pieces->next)
		first = pieces->next;
	if (end <= first)
		return;
	pieces->count += end - first;
	pieces->next = end;
}

int v2v_measure_disk(struct v2v *v, struct v2v_reader *reader, uint64_t size,
	struct v2v_measure *ret_measure, struct v2v_error *err)
{
	struct pieces blocks = { 0 }, clusters = { 0 }, tables = { 0 };
	struct v2v_span span;
	uint64_t data = 0;

	for (uint64_t at = 0; reader && at < size; at += span.length) {
		if (v2v_check_cancel(v, err) < 0 ||
			v2v_reader_span(reader, at, size, &span, err) < 0)
			return -1;
		if (span.kind != V2V_SPAN_DATA)
			continue;
		data += span.length;
		touch(&blocks, at, span.length, BLOCK);
		touch(&clusters, at, span.length, V2V_CLUSTER);
		touch(&tables, at, span.length, V2V_CLUSTER * V2V_PER_L2);
	}
	*ret_measure = (struct v2v_measure){ data, blocks.count, clusters.count,
		tables.count };
	return 0;
}

uint64_t v2v_measure_raw(const struct v2v_measure *measure)
{
	return measure->blocks * BLOCK;
}

uint64_t v2v_measure_qcow2(const struct v2v_measure *measure, uint64_t size)
{
	struct v2v_layout layout;

	v2v_layout_of(size, &layout);
	return v2v_layout_clusters(
		       &layout, measure->clusters, measure->tables) *
	       V2V_CLUSTER;
}
