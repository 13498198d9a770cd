/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the copy goes: a writer for each kind of target. */
#ifndef V2V_COPY_SINK_H
#define V2V_COPY_SINK_H

#include "copy/pack.h"
#include "core/error.h"
#include "disk/nbd.h"

struct v2v_sink;

struct v2v_sink_ops {
	const char *name;
	/* Nothing was written yet, or what was is forgotten: take room, spare
	 * the target's.  NULL: there is nothing to do. */
	int (*empty)(struct v2v_sink *sink, struct v2v_error *err);
	/* Write whole clusters, the disk's last one maybe cut.  By any thread,
	 * each range once. */
	int (*write)(struct v2v_sink *sink, uint64_t at,
		const unsigned char *data, uint64_t size,
		struct v2v_packer *packer, struct v2v_error *err);
	/* See to it that zeros are there; ends early, with 0, once *@stop is
	 * not 0.  NULL: they are where nothing was written. */
	int (*zero)(struct v2v_sink *sink, uint64_t at, uint64_t size,
		const int *stop, struct v2v_error *err);
	/* All that write() and zero() have returned from is on the disk for
	 * certain, and read() reads it there, also in another process that goes
	 * on with the copy.  By any thread, while others write.  NULL: no
	 * copy to this can be gone on with. */
	int (*sync)(struct v2v_sink *sink, struct v2v_error *err);
	int (*read)(struct v2v_sink *sink, uint64_t at, unsigned char *data,
		uint64_t size, struct v2v_error *err);
	/* All is written: tables, and everything on the disk. */
	int (*finish)(struct v2v_sink *sink, struct v2v_error *err);
	void (*free)(struct v2v_sink *sink);
};

struct v2v_sink {
	const struct v2v_sink_ops *ops;
	int fd;		  /* of a file; borrowed; -1 */
	const char *name; /* for errors; borrowed */
	uint64_t room;	  /* bytes of a target that was there already */
};

enum v2v_preallocation {
	V2V_PREALLOC_OFF,
	V2V_PREALLOC_METADATA,
	V2V_PREALLOC_FALLOC,
	V2V_PREALLOC_FULL,
};

/* Each makes a sink for a disk of @size bytes, which v2v_sink_empty() is called
 * for unless a copy goes on; @fd is a file. */
struct v2v_sink *v2v_sink_raw(int fd, const char *name, uint64_t size,
	enum v2v_preallocation preallocation);
/* @packing NULL: plain; else "zlib" or "zstd". */
int v2v_sink_qcow2(int fd, const char *name, uint64_t size, const char *packing,
	struct v2v_sink **ret_sink, struct v2v_error *err);
/* Every cluster has its place, one behind the other. */
struct v2v_sink *v2v_sink_qcow2_full(int fd, const char *name, uint64_t size,
	enum v2v_preallocation preallocation);
/* A block device. */
int v2v_sink_device(int fd, const char *name, uint64_t size,
	struct v2v_sink **ret_sink, struct v2v_error *err);
/* @nbd is taken over. */
int v2v_sink_nbd(struct v2v_nbd *nbd, const char *name, uint64_t size,
	struct v2v_sink **ret_sink, struct v2v_error *err);
/* Nothing: what is done with the bytes is done in their order. */
struct v2v_sink *v2v_sink_null(void);

int v2v_sink_empty(struct v2v_sink *sink, struct v2v_error *err);
void v2v_sink_free(struct v2v_sink *sink);

/* What sinks of files share. */
int v2v_sink_pwrite(const struct v2v_sink *sink, uint64_t at, const void *data,
	uint64_t size, struct v2v_error *err);
/* Write zeros. */
int v2v_sink_pzero(const struct v2v_sink *sink, uint64_t at, uint64_t size,
	const int *stop, struct v2v_error *err);
/* Have the kernel begin to write what was given to it up to here: the last
 * fsync is then short. */
void v2v_sink_push(const struct v2v_sink *sink, uint64_t at, uint64_t size);
/* sync() and read() of what has a descriptor. */
int v2v_sink_datasync(struct v2v_sink *sink, struct v2v_error *err);
int v2v_sink_pread(struct v2v_sink *sink, uint64_t at, unsigned char *data,
	uint64_t size, struct v2v_error *err);
/* On the disk, and out of the page cache. */
int v2v_sink_sync(const struct v2v_sink *sink, struct v2v_error *err);
/* fallocate(); a filesystem that cannot is not a failure. */
int v2v_sink_reserve(
	const struct v2v_sink *sink, uint64_t size, struct v2v_error *err);
#endif
