/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places of a target against the source. */
#include "copy/recheck.h"

#include "copy/batch.h"

#define PLACE  (V2V_BATCH * V2V_CLUSTER) /* bytes that are compared at once */
#define PLACES 15			 /* in between */
#define LAST   3			 /* ranges whose ends are looked at */
#define SECTOR 512

struct check {
	struct v2v_reader *reader; /* NULL: all zeros */
	struct v2v_sink *sink;
	struct v2v_batch *batch;
	struct v2v_scratch *scratch;
	unsigned char *want, *got; /* PLACE */
};

static void check_begin(struct check *c)
{
	c->batch = v2v_batch_new();
	c->scratch = v2v_scratch_new();
	c->want = v2v_alloc(1, PLACE);
	c->got = v2v_alloc(1, PLACE);
}

static void check_clear(struct check *c)
{
	v2v_batch_free(c->batch);
	v2v_scratch_free(c->scratch);
	free(c->want);
	free(c->got);
}

/* What is on both sides from @at to @to, which are PLACE at most. */
static int read_both(
	struct check *c, uint64_t at, uint64_t to, struct v2v_error *err)
{
	memset(c->want, 0, PLACE);
	for (uint64_t next = at; next < to; next = c->batch->to) {
		struct v2v_stretch s = { 0 };

		if (v2v_batch_plan(c->batch, c->reader, next, to, err) < 0 ||
			v2v_batch_read(c->batch, c->scratch, err) < 0)
			return -1;
		while (v2v_batch_next(c->batch, &s))
			memcpy(c->want + (s.at - at), s.data, s.length);
	}
	return c->sink->ops->read(c->sink, at, c->got, to - at, err);
}

static int differs(
	const struct check *c, uint64_t at, uint64_t to, struct v2v_error *err)
{
	return v2v_fail(err, "resume-restart",
		"'%s' does not hold what was written to it between the bytes "
		"%llu and %llu",
		c->sink->name, (unsigned long long)at, (unsigned long long)to);
}

static int compare(
	struct check *c, uint64_t at, uint64_t limit, struct v2v_error *err)
{
	uint64_t to = limit - at < PLACE ? limit : at + PLACE;

	if (read_both(c, at, to, err) < 0)
		return -1;
	if (memcmp(c->want, c->got, to - at) != 0)
		return differs(c, at, to, err);
	return 0;
}

/* The place that is @nth of PLACES of all that is done. */
static int compare_between(struct check *c, const struct v2v_ranges *done,
	uint64_t total, uint64_t nth, struct v2v_error *err)
{
	uint64_t skip = total / PLACES * nth;

	for (size_t i = 0; i < done->count; i++) {
		const struct v2v_range *range = &done->all[i];
		uint64_t at = range->from + skip / V2V_CLUSTER * V2V_CLUSTER;

		if (at < range->to)
			return compare(c, at, range->to, err);
		skip -= range->to - range->from;
	}
	return 0;
}

static int compare_some(
	struct check *c, const struct v2v_ranges *done, struct v2v_error *err)
{
	size_t first = done->count > LAST ? done->count - LAST : 0;
	uint64_t total = 0;

	for (size_t i = 0; i < done->count; i++)
		total += done->all[i].to - done->all[i].from;
	for (uint64_t i = 0; i < PLACES; i++)
		if (compare_between(c, done, total, i, err) < 0)
			return -1;
	for (size_t i = first; i < done->count; i++) {
		const struct v2v_range *range = &done->all[i];
		uint64_t last = (range->to - 1) / V2V_CLUSTER * V2V_CLUSTER;
		uint64_t at = last < range->from + PLACE
				      ? range->from
				      : last + V2V_CLUSTER - PLACE;

		if (compare(c, at, range->to, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_recheck(struct v2v_reader *reader, struct v2v_sink *sink,
	const struct v2v_ranges *done, struct v2v_error *err)
{
	__attribute__((cleanup(check_clear))) struct check c = {
		.reader = reader, .sink = sink
	};

	check_begin(&c);
	return compare_some(&c, done, err);
}

int v2v_recheck_start(struct v2v_reader *reader, struct v2v_sink *sink,
	uint64_t size, struct v2v_error *err)
{
	__attribute__((cleanup(check_clear))) struct check c = {
		.reader = reader, .sink = sink
	};
	uint64_t to = size < PLACE ? size : PLACE;

	check_begin(&c);
	if (read_both(&c, 0, to, err) < 0)
		return -1;
	for (uint64_t at = 0; at < to; at += SECTOR)
		if (memcmp(c.want + at, c.got + at, SECTOR) != 0 &&
			!v2v_all_zero(c.got + at, SECTOR))
			return differs(&c, at, at + SECTOR, err);
	return 0;
}
