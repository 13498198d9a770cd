/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A piece of work: a range of the guest's disk, of which some clusters hold
 * data and all else is zeros.  It is planned by one thread, and read, packed
 * and written by another.
 */
#ifndef V2V_COPY_BATCH_H
#define V2V_COPY_BATCH_H

#include "disk/layout.h"
#include "disk/reader.h"

#define V2V_BATCH 16 /* clusters; the largest grain of a VMDK is as large */

struct v2v_piece {
	struct v2v_span span;
	size_t to;	/* byte of the batch's data */
	uint64_t ahead; /* for v2v_reader_read() */
};

struct v2v_batch {
	uint64_t from, to;	      /* the guest's bytes that it represents */
	uint64_t end;		      /* of the disk */
	size_t count;		      /* of clusters; all else is zeros */
	uint64_t clusters[V2V_BATCH]; /* their numbers, going up */
	uint64_t filled[V2V_BATCH];   /* bytes that pieces fill */
	bool is_zero[V2V_BATCH];      /* found to be zeros, once read */
	struct v2v_piece *pieces;     /* owned */
	size_t piece_count, piece_room;
	uint64_t bytes; /* of data, for the progress */
	uint64_t number;
	bool is_done;	     /* the target has it already */
	unsigned char *data; /* owned: V2V_BATCH clusters */
	struct v2v_batch *next;
};

struct v2v_batch *v2v_batch_new(void);
void v2v_batch_free(struct v2v_batch *batch);

/* Fill it with what comes from @from on; it ends at a cluster's beginning, or
 * at @end.  @reader NULL: nothing is there. */
int v2v_batch_plan(struct v2v_batch *batch, struct v2v_reader *reader,
	uint64_t from, uint64_t end, struct v2v_error *err);

/* Read the data, and see which clusters are zeros. */
int v2v_batch_read(struct v2v_batch *batch, struct v2v_scratch *scratch,
	struct v2v_error *err);

/* Adjacent clusters that are not zeros. */
struct v2v_stretch {
	uint64_t at, length; /* the guest's; the disk may end in it */
	const unsigned char *data;
	size_t next; /* the first cluster that was not looked at */
};

/* The next stretch; zeroed at first.  False where there is none: then @at is
 * the batch's end, and @length 0. */
bool v2v_batch_next(const struct v2v_batch *batch, struct v2v_stretch *stretch);

bool v2v_all_zero(const unsigned char *data, size_t size);
#endif
