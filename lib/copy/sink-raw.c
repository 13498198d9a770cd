/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw targets: files with holes, or with all their room taken; and a qcow2 in
 * which every cluster has its place already, which is the same behind its
 * tables. */
#include "copy/sink.h"

#include "copy/batch.h"
#include "copy/qcow2-tables.h"

#include <sys/stat.h>

#define BLOCK 4096ULL /* the least that a filesystem leaves out, bytes */

struct raw {
	struct v2v_sink sink;
	uint64_t size;
	uint64_t base; /* where in the file the disk begins */
	enum v2v_preallocation preallocation;
	bool is_qcow2;
};

/* Blocks of zeros are left out: how far the next data, how far they go. */
static uint64_t skip(
	const unsigned char *data, uint64_t from, uint64_t size, bool zeros)
{
	while (from < size) {
		uint64_t n = size - from < BLOCK ? size - from : BLOCK;

		if (v2v_all_zero(data + from, n) != zeros)
			break;
		from += n;
	}
	return from;
}

static int raw_write(struct v2v_sink *sink, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	const struct raw *raw = (const struct raw *)sink;
	uint64_t from, to = 0;

	(void)packer;
	at += raw->base;
	if (raw->preallocation == V2V_PREALLOC_FULL) {
		from = 0;
		if (v2v_sink_pwrite(sink, at, data, size, err) < 0)
			return -1;
		to = size;
	}
	while (to < size) {
		from = skip(data, to, size, true);
		to = skip(data, from, size, false);
		if (v2v_sink_pwrite(
			    sink, at + from, data + from, to - from, err) < 0)
			return -1;
	}
	v2v_sink_push(sink, at, size);
	return 0;
}

static int raw_zero(struct v2v_sink *sink, uint64_t at, uint64_t size,
	const int *stop, struct v2v_error *err)
{
	const struct raw *raw = (const struct raw *)sink;

	if (raw->preallocation != V2V_PREALLOC_FULL)
		return 0;
	return v2v_sink_pzero(sink, raw->base + at, size, stop, err);
}

/* What it held goes with its length; a new file has nothing to lose. */
static int raw_empty(struct v2v_sink *sink, struct v2v_error *err)
{
	const struct raw *raw = (const struct raw *)sink;
	uint64_t end = raw->base + raw->size;

	/* A qcow2 ends with a whole cluster. */
	if (raw->is_qcow2)
		end = (end + V2V_CLUSTER - 1) / V2V_CLUSTER * V2V_CLUSTER;
	if (ftruncate(sink->fd, 0) < 0 || ftruncate(sink->fd, (off_t)end) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", sink->name);
	if (raw->preallocation < V2V_PREALLOC_FALLOC)
		return 0;
	return v2v_sink_reserve(sink, end, err);
}

static int raw_finish(struct v2v_sink *sink, struct v2v_error *err)
{
	const struct raw *raw = (const struct raw *)sink;

	if (raw->is_qcow2 && v2v_qcow2_write_full(sink, raw->size, err) < 0)
		return -1;
	return v2v_sink_sync(sink, err);
}

static void raw_free(struct v2v_sink *sink)
{
	free(sink);
}

static const struct v2v_sink_ops raw_ops = {
	.name = "raw",
	.empty = raw_empty,
	.write = raw_write,
	.zero = raw_zero,
	.sync = v2v_sink_datasync,
	.read = v2v_sink_pread,
	.finish = raw_finish,
	.free = raw_free,
};

static struct v2v_sink *make(int fd, const char *name, struct raw raw)
{
	struct raw *made = v2v_alloc(1, sizeof *made);

	*made = raw;
	made->sink = (struct v2v_sink){ &raw_ops, fd, name, 0 };
	return &made->sink;
}

struct v2v_sink *v2v_sink_raw(int fd, const char *name, uint64_t size,
	enum v2v_preallocation preallocation)
{
	struct raw raw = { .size = size, .preallocation = preallocation };

	return make(fd, name, raw);
}

struct v2v_sink *v2v_sink_qcow2_full(int fd, const char *name, uint64_t size,
	enum v2v_preallocation preallocation)
{
	struct raw raw = { .size = size,
		.base = v2v_qcow2_full_base(size),
		.preallocation = preallocation,
		.is_qcow2 = true };

	return make(fd, name, raw);
}
