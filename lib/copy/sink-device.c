/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets that are there already: a block device, an NBD export.  What they
 * held is made zeros where the disk has zeros. */
#include "copy/sink.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

struct existing {
	struct v2v_sink sink;
	struct v2v_nbd *nbd; /* owned; NULL: a device */
	uint64_t size;	     /* of the disk */
};

/* Only to spare the device work: zeros are asked for besides. */
static int device_empty(struct v2v_sink *sink, struct v2v_error *err)
{
	const struct existing *to = (const struct existing *)sink;
	uint64_t range[2] = { 0, to->size };

	(void)err;
	(void)!ioctl(sink->fd, BLKDISCARD, range);
	return 0;
}

static int device_write(struct v2v_sink *sink, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	(void)packer;
	if (v2v_sink_pwrite(sink, at, data, size, err) < 0)
		return -1;
	v2v_sink_push(sink, at, size);
	return 0;
}

/* The kernel makes them zeros without writing, where the device can. */
static int device_zero(struct v2v_sink *sink, uint64_t at, uint64_t size,
	const int *stop, struct v2v_error *err)
{
	if (fallocate(sink->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		    (off_t)at, (off_t)size) == 0)
		return 0;
	return v2v_sink_pzero(sink, at, size, stop, err);
}

static int device_finish(struct v2v_sink *sink, struct v2v_error *err)
{
	return v2v_sink_sync(sink, err);
}

static int nbd_sink_write(struct v2v_sink *sink, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	const struct existing *to = (const struct existing *)sink;

	(void)packer;
	return v2v_nbd_write(to->nbd, data, size, at, err);
}

static int nbd_sink_zero(struct v2v_sink *sink, uint64_t at, uint64_t size,
	const int *stop, struct v2v_error *err)
{
	const struct existing *to = (const struct existing *)sink;

	(void)stop;
	return v2v_nbd_zero(to->nbd, size, at, err);
}

static int nbd_sink_read(struct v2v_sink *sink, uint64_t at,
	unsigned char *data, uint64_t size, struct v2v_error *err)
{
	const struct existing *to = (const struct existing *)sink;

	return v2v_nbd_read(to->nbd, data, size, at, err);
}

static int nbd_sink_finish(struct v2v_sink *sink, struct v2v_error *err)
{
	const struct existing *to = (const struct existing *)sink;

	return v2v_nbd_flush(to->nbd, err);
}

static void existing_free(struct v2v_sink *sink)
{
	struct existing *to = (struct existing *)sink;

	v2v_nbd_free(to->nbd);
	free(to);
}

static const struct v2v_sink_ops device_ops = {
	.name = "device",
	.empty = device_empty,
	.write = device_write,
	.zero = device_zero,
	.sync = v2v_sink_datasync,
	.read = v2v_sink_pread,
	.finish = device_finish,
	.free = existing_free,
};

static const struct v2v_sink_ops nbd_ops = {
	.name = "nbd",
	.write = nbd_sink_write,
	.zero = nbd_sink_zero,
	.sync = nbd_sink_finish,
	.read = nbd_sink_read,
	.finish = nbd_sink_finish,
	.free = existing_free,
};

/* A server that cannot say what is on its disk. */
static const struct v2v_sink_ops nbd_unsafe_ops = {
	.name = "nbd",
	.write = nbd_sink_write,
	.zero = nbd_sink_zero,
	.finish = nbd_sink_finish,
	.free = existing_free,
};

static int check_room(
	uint64_t room, const char *name, uint64_t size, struct v2v_error *err)
{
	if (room >= size)
		return 0;
	return v2v_fail(err, "target-no-space",
		"'%s' has %llu bytes, %llu fewer than the disk", name,
		(unsigned long long)room, (unsigned long long)(size - room));
}

static struct v2v_sink *existing_new(struct existing existing)
{
	struct existing *to = v2v_alloc(1, sizeof *to);

	*to = existing;
	return &to->sink;
}

int v2v_sink_device(int fd, const char *name, uint64_t size,
	struct v2v_sink **ret_sink, struct v2v_error *err)
{
	uint64_t room = 0;

	if (ioctl(fd, BLKGETSIZE64, &room) < 0)
		return v2v_fail_errno(err, "'%s'", name);
	if (check_room(room, name, size, err) < 0)
		return -1;
	*ret_sink = existing_new((struct existing){
		{ &device_ops, fd, name, room }, NULL, size });
	return 0;
}

int v2v_sink_nbd(struct v2v_nbd *nbd, const char *name, uint64_t size,
	struct v2v_sink **ret_sink, struct v2v_error *err)
{
	const struct v2v_sink_ops *ops =
		v2v_nbd_can_flush(nbd) ? &nbd_ops : &nbd_unsafe_ops;
	uint64_t room = v2v_nbd_size(nbd);

	if (v2v_nbd_is_read_only(nbd)) {
		v2v_fail(err, "nbd", "'%s' is read-only", name);
	} else if (check_room(room, name, size, err) == 0) {
		*ret_sink = existing_new((struct existing){
			{ ops, -1, name, room }, nbd, size });
		return 0;
	}
	v2v_nbd_free(nbd);
	return -1;
}
