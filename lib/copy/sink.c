/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sinks share. */
#include "copy/sink.h"

#include "core/file.h"

#include "disk/media.h"

#include <fcntl.h>
#include <sys/stat.h>

#define PUSH  (8ULL << 20)
#define ZEROS (1ULL << 16)

void v2v_sink_free(struct v2v_sink *sink)
{
	if (sink)
		sink->ops->free(sink);
}

int v2v_sink_empty(struct v2v_sink *sink, struct v2v_error *err)
{
	return sink->ops->empty ? sink->ops->empty(sink, err) : 0;
}

int v2v_sink_pwrite(const struct v2v_sink *sink, uint64_t at, const void *data,
	uint64_t size, struct v2v_error *err)
{
	return v2v_pwrite_all(
		sink->fd, sink->name, data, (size_t)size, at, err);
}

int v2v_sink_pzero(const struct v2v_sink *sink, uint64_t at, uint64_t size,
	const int *stop, struct v2v_error *err)
{
	static const char zeros[ZEROS];

	while (size && !__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		uint64_t n = size < ZEROS ? size : ZEROS;

		if (v2v_sink_pwrite(sink, at, zeros, n, err) < 0)
			return -1;
		v2v_sink_push(sink, at, n);
		at += n;
		size -= n;
	}
	return 0;
}

/* Writes come nearly in order.  What is two steps behind has been written by
 * now, and leaves the page cache. */
void v2v_sink_push(const struct v2v_sink *sink, uint64_t at, uint64_t size)
{
	uint64_t end = (at + size) / PUSH * PUSH;

	if (end <= at)
		return;
	sync_file_range(
		sink->fd, (off_t)(end - PUSH), PUSH, SYNC_FILE_RANGE_WRITE);
	if (end >= 8 * PUSH)
		v2v_media_forget(sink->fd, end - 8 * PUSH, PUSH);
}

int v2v_sink_datasync(struct v2v_sink *sink, struct v2v_error *err)
{
	if (fdatasync(sink->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", sink->name);
	return 0;
}

int v2v_sink_pread(struct v2v_sink *sink, uint64_t at, unsigned char *data,
	uint64_t size, struct v2v_error *err)
{
	return v2v_pread_all(sink->fd, sink->name, data, (size_t)size, at, err);
}

int v2v_sink_sync(const struct v2v_sink *sink, struct v2v_error *err)
{
	if (fsync(sink->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", sink->name);
	v2v_media_forget(sink->fd, 0, 0);
	return 0;
}

int v2v_sink_reserve(
	const struct v2v_sink *sink, uint64_t size, struct v2v_error *err)
{
	if (fallocate(sink->fd, 0, 0, (off_t)size) == 0)
		return 0;
	/* posix_fallocate() writes where the filesystem cannot. */
	if (errno == EOPNOTSUPP)
		errno = posix_fallocate(sink->fd, 0, (off_t)size);
	if (errno)
		return v2v_fail_errno(err, "cannot write '%s'", sink->name);
	return 0;
}

static int null_write(struct v2v_sink *sink, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	(void)sink;
	(void)at;
	(void)data;
	(void)size;
	(void)packer;
	(void)err;
	return 0;
}

static int null_finish(struct v2v_sink *sink, struct v2v_error *err)
{
	(void)sink;
	(void)err;
	return 0;
}

static void null_free(struct v2v_sink *sink)
{
	free(sink);
}

static const struct v2v_sink_ops null_ops = {
	.name = "null",
	.write = null_write,
	.finish = null_finish,
	.free = null_free,
};

struct v2v_sink *v2v_sink_null(void)
{
	struct v2v_sink *sink = v2v_alloc(1, sizeof *sink);

	*sink = (struct v2v_sink){ &null_ops, -1, "", 0 };
	return sink;
}
