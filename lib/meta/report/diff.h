/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diffs of several texts, one behind the other, as plan/diff.h makes
 * them; lines of the guest's are lines of the diff, whatever they look like. */
#ifndef V2V_META_DIFF_H
#define V2V_META_DIFF_H

#include "core/mem.h"

/* One text's. */
struct v2v_diff {
	const char *text; /* borrowed: its two headers and its hunks */
	size_t length;
};

/* The diff at *@at, which is moved behind it; false at the end. */
bool v2v_diff_next(const char **at, struct v2v_diff *ret_diff);

/* Is it the diff of @path? */
bool v2v_diff_is_of(const struct v2v_diff *diff, const char *path);

/* Add it as HTML, folded where it is long and not wanted @open. */
void v2v_diff_add(struct v2v_text *t, const struct v2v_diff *diff, bool open);
#endif
