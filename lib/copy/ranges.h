/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a disk, in order, none of which touches another. */
#ifndef V2V_COPY_RANGES_H
#define V2V_COPY_RANGES_H

#include "core/mem.h"

struct v2v_range {
	uint64_t from, to; /* bytes; @to is behind the last */
};

struct v2v_ranges {
	struct v2v_range *all; /* owned */
	size_t count, room;
};

/* Add what lies from @from to @to, which is behind it. */
void v2v_ranges_add(struct v2v_ranges *ranges, uint64_t from, uint64_t to);

/* Is the byte @at in one of them?  *@ret_to: how far that does not change, at
 * most to @limit. */
bool v2v_ranges_find(const struct v2v_ranges *ranges, uint64_t at,
	uint64_t limit, uint64_t *ret_to);

/* Fill the zeroed *@to with a copy. */
void v2v_ranges_copy(struct v2v_ranges *to, const struct v2v_ranges *from);
void v2v_ranges_clear(struct v2v_ranges *ranges);
#define CLEANUP_RANGES __attribute__((cleanup(v2v_ranges_clear)))
#endif
