/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was written against what is read back, without keeping either: a sum
 * over the clusters of a window of the disk, each by its content and place, in
 * whatever order they come.  Clusters of zeros add nothing.
 */
#ifndef V2V_COPY_SUMS_H
#define V2V_COPY_SUMS_H

#include "copy/batch.h"

struct v2v_sums;

struct v2v_sums *v2v_sums_new(uint64_t size);
void v2v_sums_free(struct v2v_sums *sums);

/* Add a batch that was read from the source, or @back from the target.  By any
 * thread. */
void v2v_sums_add(
	struct v2v_sums *sums, const struct v2v_batch *batch, bool back);

/* False where they differ: *@ret_at is the first window that does, *@ret_size
 * how long a window is. */
bool v2v_sums_agree(
	const struct v2v_sums *sums, uint64_t *ret_at, uint64_t *ret_size);
#endif
