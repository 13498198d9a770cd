/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regions of spans. */
#include "disk/span-index.h"

/* Not less than the largest cluster (2 MiB, qemu's docs/interop/qcow2.txt) or
 * grain (1 MiB): so none is cut in two. */
#define REGION (16ULL << 20)
#define SLOTS  4096
/* Of all regions together; 56 bytes each.  One region has at most 32768, with
 * the smallest cluster, 512 bytes. */
#define MAX_SPANS (1U << 18)

struct region {
	uint64_t number; /* of the disk's regions; counts where there are any */
	size_t count;
	struct v2v_span *spans; /* owned; NULL: the slot is free */
};

struct v2v_span_index {
	struct v2v_reader *reader;
	struct region slots[SLOTS]; /* a region has one place, its number's */
	size_t hand;		    /* which slot is emptied next */
	uint64_t walks, held;
};

struct v2v_span_index *v2v_span_index_new(struct v2v_reader *reader)
{
	struct v2v_span_index *index = v2v_alloc(1, sizeof *index);

	index->reader = reader;
	return index;
}

static void empty(struct v2v_span_index *index, struct region *region)
{
	index->held -= region->count;
	free(region->spans);
	*region = (struct region){ 0, 0, NULL };
}

void v2v_span_index_free(struct v2v_span_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(index->slots[i].spans);
	free(index);
}

/* Zeros behind zeros are one span. */
static void add(struct region *region, size_t *room, struct v2v_span *span)
{
	struct v2v_span *last =
		region->count ? &region->spans[region->count - 1] : NULL;

	if (span->kind == V2V_SPAN_ABSENT)
		span->kind = V2V_SPAN_ZERO;
	if (last && last->kind == V2V_SPAN_ZERO &&
		span->kind == V2V_SPAN_ZERO) {
		last->length += span->length;
		return;
	}
	if (region->count == *room) {
		struct v2v_span *more =
			v2v_alloc(*room ? *room * 2 : 16, sizeof *more);

		if (*room)
			memcpy(more, region->spans, *room * sizeof *more);
		free(region->spans);
		region->spans = more;
		*room = *room ? *room * 2 : 16;
	}
	region->spans[region->count++] = *span;
}

static int walk(struct v2v_span_index *index, struct region *region,
	struct v2v_error *err)
{
	uint64_t at = region->number * REGION, end = at + REGION;
	struct v2v_span span;
	size_t room = 0;

	if (end > index->reader->size)
		end = index->reader->size;
	for (; at < end; at += span.length) {
		if (v2v_reader_span(index->reader, at, end, &span, err) < 0)
			return -1;
		if (!span.length || span.length > end - at)
			return v2v_fail(err, "internal",
				"a span of %llu bytes at %llu",
				(unsigned long long)span.length,
				(unsigned long long)at);
		add(region, &room, &span);
	}
	return 0;
}

/* Other regions give way, in turn. */
static void make_room(struct v2v_span_index *index, size_t count)
{
	while (index->held && index->held + count > MAX_SPANS) {
		empty(index, &index->slots[index->hand]);
		index->hand = (index->hand + 1) % SLOTS;
	}
}

static struct region *region_of(
	struct v2v_span_index *index, uint64_t number, struct v2v_error *err)
{
	struct region *slot = &index->slots[number % SLOTS];
	struct region fresh = { number, 0, NULL };

	if (slot->spans && slot->number == number)
		return slot;
	if (walk(index, &fresh, err) < 0) {
		free(fresh.spans);
		return NULL;
	}
	index->walks++;
	empty(index, slot);
	make_room(index, fresh.count);
	index->held += fresh.count;
	*slot = fresh;
	return slot;
}

const struct v2v_span *v2v_span_index_find(
	struct v2v_span_index *index, uint64_t at, struct v2v_error *err)
{
	const struct region *region = region_of(index, at / REGION, err);
	size_t low = 0, high;

	if (!region)
		return NULL;
	/* The last that does not begin behind @at. */
	high = region->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (region->spans[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return &region->spans[low];
}

uint64_t v2v_span_index_walks(const struct v2v_span_index *index)
{
	return index->walks;
}

uint64_t v2v_span_index_held(const struct v2v_span_index *index)
{
	return index->held;
}
