/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sorted ranges, joined where they touch.  There are few: a copy goes forward,
 * and only so many batches are under way. */
#include "copy/ranges.h"

void v2v_ranges_add(struct v2v_ranges *r, uint64_t from, uint64_t to)
{
	size_t first = 0, next;

	while (first < r->count && r->all[first].to < from)
		first++;
	for (next = first; next < r->count && r->all[next].from <= to; next++) {
		if (r->all[next].from < from)
			from = r->all[next].from;
		if (r->all[next].to > to)
			to = r->all[next].to;
	}
	if (r->count + 1 > r->room) {
		r->room = 2 * r->room + 8;
		r->all = reallocarray(r->all, r->room, sizeof *r->all);
		if (!r->all)
			abort();
	}
	memmove(r->all + first + 1, r->all + next,
		(r->count - next) * sizeof *r->all);
	r->count = r->count - (next - first) + 1;
	r->all[first] = (struct v2v_range){ from, to };
}

bool v2v_ranges_find(const struct v2v_ranges *r, uint64_t at, uint64_t limit,
	uint64_t *ret_to)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct v2v_range *range = &r->all[i];

		if (range->to <= at)
			continue;
		*ret_to = range->from > at ? range->from : range->to;
		if (*ret_to > limit)
			*ret_to = limit;
		return range->from <= at;
	}
	*ret_to = limit;
	return false;
}

void v2v_ranges_copy(struct v2v_ranges *to, const struct v2v_ranges *from)
{
	*to = (struct v2v_ranges){ v2v_alloc(from->count + 1, sizeof *to->all),
		from->count, from->count + 1 };
	if (from->count)
		memcpy(to->all, from->all, from->count * sizeof *to->all);
}

void v2v_ranges_clear(struct v2v_ranges *ranges)
{
	free(ranges->all);
	*ranges = (struct v2v_ranges){ NULL, 0, 0 };
}
