/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The copy itself: threads that all disks share read, pack and write batches.
 * Memory is that of a batch or two a thread, whatever the disks.
 */
#ifndef V2V_COPY_ENGINE_H
#define V2V_COPY_ENGINE_H

#include "copy/record.h"
#include "copy/sink.h"
#include "core/handle.h"
#include "disk/reader.h"

#define V2V_COPY_MAX_THREADS 32

struct v2v_copy_job {
	int64_t disk;		   /* its id */
	uint64_t size;		   /* bytes, a multiple of 512 */
	uint64_t data;		   /* of these, those that are read */
	struct v2v_reader *reader; /* owned; NULL: all zeros */
	struct v2v_sink *sink;	   /* owned */
	bool hash;		   /* make sha256 */
	int stream;		   /* write the bytes there in order; -1 */
	/* Read it back: the file or device that is open as @target, or, where
	 * that is -1, from the NBD server of this name.  NULL: trust it. */
	const char *verify;
	int target;	    /* borrowed */
	const char *format; /* of the target */
	/* The record to keep, borrowed; NULL: none.  @done is what the target
	 * has already, @done_data bytes of @data; owned. */
	struct v2v_record *record;
	struct v2v_ranges done;
	uint64_t done_data;
	/* Results. */
	char *sha256;  /* owned */
	uint64_t left; /* after a failure: what was not copied, of data */
};

void v2v_copy_job_clear(struct v2v_copy_job *job);

struct v2v_copy_bounds {
	unsigned threads; /* V2V_COPY_MAX_THREADS at most */
	unsigned at_once; /* disks */
	uint64_t rate;	  /* bytes a second that are read; 0: no bound */
};

/*
 * Copy @count disks within @bounds.  Tells progress of all of them together, in
 * bytes of data.  After a failure *@ret_failed is the job whose error it is, or
 * @count.
 */
int v2v_copy_all(struct v2v *v, struct v2v_copy_job *jobs, size_t count,
	const struct v2v_copy_bounds *bounds, size_t *ret_failed,
	struct v2v_error *err);
#endif
