/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Spans of a reader, found by position: a view's index.  Regions of the disk
 * are walked when they are first asked for; no image makes it hold more than
 * some MiB. */
#ifndef V2V_DISK_SPAN_INDEX_H
#define V2V_DISK_SPAN_INDEX_H

#include "disk/reader.h"

struct v2v_span_index;

/* @reader is borrowed. */
struct v2v_span_index *v2v_span_index_new(struct v2v_reader *reader);
void v2v_span_index_free(struct v2v_span_index *index);

/*
 * The span that @at, a byte below the reader's size, lies in; it is the index's
 * own, until the next call.  What is absent counts as zeros.  A span ends where
 * a region does, at the latest.  NULL and an error where tables are broken.
 */
const struct v2v_span *v2v_span_index_find(
	struct v2v_span_index *index, uint64_t at, struct v2v_error *err);

/* How many regions were walked; how many spans are held. */
uint64_t v2v_span_index_walks(const struct v2v_span_index *index);
uint64_t v2v_span_index_held(const struct v2v_span_index *index);
#endif
