/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine's two files know: engine.c the threads, run.c a disk. */
#ifndef V2V_COPY_ENGINE_PRIVATE_H
#define V2V_COPY_ENGINE_PRIVATE_H

#include "copy/batch.h"
#include "copy/engine.h"
#include "copy/ordered.h"
#include "copy/sums.h"

#include <pthread.h>

struct v2v_engine;

enum v2v_run_state { V2V_RUN_WAITING, V2V_RUN_ACTIVE, V2V_RUN_DONE };

/* A disk under way; all but the constant is guarded by the engine's lock. */
struct v2v_disk_run {
	const struct v2v *v; /* borrowed */
	struct v2v_engine *engine;
	struct v2v_copy_job *job;
	struct v2v_sums *sums;	   /* NULL: not verified */
	struct v2v_reader *back;   /* of the target, while it is verified */
	struct v2v_ordered *order; /* NULL: no order is needed */
	pthread_t order_thread;
	bool has_order_thread;
	enum v2v_run_state state;
	bool is_back;		 /* reading back */
	bool is_planning;	 /* a thread is at it */
	bool is_finishing;	 /* a thread is at it */
	uint64_t next;		 /* the guest's byte that was not planned yet */
	uint64_t planned;	 /* batches */
	uint64_t ordered;	 /* batches that were taken in order */
	unsigned under_way;	 /* batches */
	uint64_t copied;	 /* bytes of data */
	struct v2v_batch *queue; /* for order, by number */
	/* With a record: */
	struct v2v_ranges written; /* what the target was given, so far */
	struct v2v_ranges saving;  /* what of it is being made durable */
	bool is_saving;		   /* a thread is at it */
	double save_at;		   /* when the next is due, as engine.c's now */
};

/* What belongs to a thread. */
struct v2v_hand {
	struct v2v_scratch *scratch;
	struct v2v_packer *packer;
};

/* Begin; the order's thread is @work. */
int v2v_run_begin(struct v2v_disk_run *run, void *(*work)(void *),
	const int *stop, struct v2v_error *err);
void v2v_run_clear(struct v2v_disk_run *run);

/* Into the queue, by number. */
void v2v_run_enqueue(struct v2v_disk_run *run, struct v2v_batch *batch);

/* Where the next batch of this run is planned from. */
struct v2v_reader *v2v_run_reader(const struct v2v_disk_run *run);

/* How far a batch that begins at run->next may go, and whether the target has
 * that already. */
uint64_t v2v_run_limit(const struct v2v_disk_run *run, bool *ret_is_done);

/* From @at on the first byte that there is something to do for. */
uint64_t v2v_run_skip(const struct v2v_disk_run *run, uint64_t at);

/*
 * The batch was written.  True where it is time to save that, for which the
 * thread then calls v2v_run_save(), without the lock, and v2v_run_saved(), at
 * @now, what began at @begun.
 */
bool v2v_run_note(
	struct v2v_disk_run *run, const struct v2v_batch *batch, double now);
int v2v_run_save(struct v2v_disk_run *run, struct v2v_error *err);
void v2v_run_saved(struct v2v_disk_run *run, double begun, double now);

/* Does it leave out what the target has? */
bool v2v_run_skips(const struct v2v_disk_run *run);
/* All is on the disk. */
void v2v_run_save_all(struct v2v_disk_run *run);
/* The copy breaks: save what can be saved. */
void v2v_run_save_last(struct v2v_disk_run *run);
/* The target lost what it was given, maybe; nothing is saved any more.  -1. */
int v2v_run_distrust(struct v2v_disk_run *run);

/* Read the batch, write it or check it. */
int v2v_run_work(struct v2v_disk_run *run, struct v2v_batch *batch,
	struct v2v_hand *hand, const int *stop, struct v2v_error *err);

/* All batches are done: *@ret_again where it is to be read back now. */
int v2v_run_finish(
	struct v2v_disk_run *run, bool *ret_again, struct v2v_error *err);
#endif
