/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of a block device (VIRTIO 5.2.6). */
#include "vhost/device-private.h"

#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#define SECTOR 512u
#define BIT(n) (UINT64_C(1) << (n))

/* Sectors, in one request. */
#define MAX_DISCARD 2097152u /* 1 GiB: one call of discard() or zero() */
#define MAX_ZEROES  16384u   /* 8 MiB, where zeros are written */
#define ALIGNMENT   8u	     /* of a discard */

struct request {
	const struct v2v_chain *chain;
	uint64_t at;	     /* bytes */
	uint64_t out, in;    /* bytes of data from and to the kernel */
	unsigned char *data; /* a buffer of V2V_VHOST_PIECE */
};

uint64_t v2v_block_features(const struct v2v_device *d)
{
	const struct v2v_vhost_ops *ops = d->disk.ops;
	bool is_written = !d->disk.read_only;

	return BIT(VIRTIO_BLK_F_SIZE_MAX) | BIT(VIRTIO_BLK_F_SEG_MAX) |
	       BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH) |
	       BIT(VIRTIO_RING_F_INDIRECT_DESC) | BIT(VIRTIO_F_VERSION_1) |
	       (is_written ? BIT(VIRTIO_BLK_F_WRITE_ZEROES)
			   : BIT(VIRTIO_BLK_F_RO)) |
	       (is_written && ops->discard ? BIT(VIRTIO_BLK_F_DISCARD) : 0);
}

static uint32_t max_zeroes(const struct v2v_device *d)
{
	return d->disk.ops->zero ? MAX_DISCARD : MAX_ZEROES;
}

void v2v_block_config(
	const struct v2v_device *d, uint32_t offset, void *data, uint32_t size)
{
	struct virtio_blk_config c = {
		.capacity = d->disk.size / SECTOR,
		.size_max = V2V_RING_SEGMENT_SIZE,
		.seg_max = V2V_RING_SEGMENTS,
		.blk_size = SECTOR,
		.max_discard_sectors = MAX_DISCARD,
		.max_discard_seg = 1,
		.discard_sector_alignment = ALIGNMENT,
		.max_write_zeroes_sectors = max_zeroes(d),
		.max_write_zeroes_seg = 1,
		.write_zeroes_may_unmap = 1,
	};
	size_t left = offset < sizeof c ? sizeof c - offset : 0;

	memset(data, 0, size);
	memcpy(data, (const char *)&c + sizeof c - left,
		left < size ? left : size);
}

/* Whole sectors, and on the disk. */
static bool is_on_disk(const struct v2v_device *d, uint64_t at, uint64_t size)
{
	return size % SECTOR == 0 && at <= d->disk.size &&
	       size <= d->disk.size - at;
}

/* A sector's place; UINT64_MAX, which is on no disk, where it is none. */
static uint64_t place(uint64_t sector)
{
	return sector <= UINT64_MAX / SECTOR ? sector * SECTOR : UINT64_MAX;
}

static size_t piece(uint64_t left)
{
	return left < V2V_VHOST_PIECE ? (size_t)left : V2V_VHOST_PIECE;
}

/* Each of these returns a status for the kernel, or -1. */
static int read_disk(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	if (r->out || !is_on_disk(d, r->at, r->in))
		return VIRTIO_BLK_S_IOERR;
	for (uint64_t done = 0; done < r->in;) {
		size_t n = piece(r->in - done);

		if (d->disk.ops->read(
			    d->disk.opaque, r->at + done, r->data, n) < 0)
			return VIRTIO_BLK_S_IOERR;
		if (v2v_chain_write(
			    r->chain, &d->memory, done, r->data, n, err) < 0)
			return -1;
		done += n;
	}
	return VIRTIO_BLK_S_OK;
}

static int write_disk(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	if (r->in || d->disk.read_only || !is_on_disk(d, r->at, r->out))
		return VIRTIO_BLK_S_IOERR;
	for (uint64_t done = 0; done < r->out;) {
		size_t n = piece(r->out - done);

		if (v2v_chain_read(r->chain, &d->memory,
			    sizeof(struct virtio_blk_outhdr) + done, r->data, n,
			    err) < 0)
			return -1;
		if (d->disk.ops->write(
			    d->disk.opaque, r->at + done, r->data, n) < 0)
			return VIRTIO_BLK_S_IOERR;
		done += n;
	}
	return VIRTIO_BLK_S_OK;
}

static int flush_disk(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	(void)r;
	(void)err;
	return d->disk.ops->flush && d->disk.ops->flush(d->disk.opaque) < 0
		       ? VIRTIO_BLK_S_IOERR
		       : VIRTIO_BLK_S_OK;
}

static int get_id(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	size_t n = r->in < V2V_VHOST_SERIAL ? (size_t)r->in : V2V_VHOST_SERIAL;

	return v2v_chain_write(
		       r->chain, &d->memory, 0, d->disk.serial, n, err) < 0
		       ? -1
		       : VIRTIO_BLK_S_OK;
}

/* The one range of a discard or of zeros, where the status is OK. */
static int get_range(struct v2v_device *d, const struct request *r,
	uint32_t limit, uint32_t flags,
	struct virtio_blk_discard_write_zeroes *ret, struct v2v_error *err)
{
	if (d->disk.read_only || r->in || r->out != sizeof *ret)
		return VIRTIO_BLK_S_IOERR;
	if (v2v_chain_read(r->chain, &d->memory,
		    sizeof(struct virtio_blk_outhdr), ret, sizeof *ret,
		    err) < 0)
		return -1;
	if (ret->flags & ~flags) /* VIRTIO 5.2.6.2 */
		return VIRTIO_BLK_S_UNSUPP;
	return ret->num_sectors <= limit &&
			       is_on_disk(d, place(ret->sector),
				       (uint64_t)ret->num_sectors * SECTOR)
		       ? VIRTIO_BLK_S_OK
		       : VIRTIO_BLK_S_IOERR;
}

static int discard(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	struct virtio_blk_discard_write_zeroes range;
	int status = d->disk.ops->discard
			     ? get_range(d, r, MAX_DISCARD, 0, &range, err)
			     : VIRTIO_BLK_S_UNSUPP;

	if (status != VIRTIO_BLK_S_OK || !range.num_sectors)
		return status;
	return d->disk.ops->discard(d->disk.opaque, range.sector * SECTOR,
		       (uint64_t)range.num_sectors * SECTOR) < 0
		       ? VIRTIO_BLK_S_IOERR
		       : VIRTIO_BLK_S_OK;
}

static int write_zeros(const struct v2v_vhost_disk *disk, uint64_t at,
	uint64_t size, unsigned char *buffer)
{
	memset(buffer, 0, piece(size));
	while (size) {
		size_t n = piece(size);

		if (disk->ops->write(disk->opaque, at, buffer, n) < 0)
			return -1;
		at += n;
		size -= n;
	}
	return 0;
}

static int write_zeroes(
	struct v2v_device *d, const struct request *r, struct v2v_error *err)
{
	const struct v2v_vhost_disk *disk = &d->disk;
	struct virtio_blk_discard_write_zeroes range;
	int status = get_range(d, r, max_zeroes(d),
		VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP, &range, err);
	uint64_t at, size;

	if (status != VIRTIO_BLK_S_OK || !range.num_sectors)
		return status;
	at = range.sector * SECTOR;
	size = (uint64_t)range.num_sectors * SECTOR;
	return (disk->ops->zero ? disk->ops->zero(disk->opaque, at, size)
				: write_zeros(disk, at, size, r->data)) < 0
		       ? VIRTIO_BLK_S_IOERR
		       : VIRTIO_BLK_S_OK;
}

static const struct {
	uint32_t type;
	int (*run)(struct v2v_device *d, const struct request *r,
		struct v2v_error *err);
} types[] = {
	{ VIRTIO_BLK_T_IN, read_disk },
	{ VIRTIO_BLK_T_OUT, write_disk },
	{ VIRTIO_BLK_T_FLUSH, flush_disk },
	{ VIRTIO_BLK_T_GET_ID, get_id },
	{ VIRTIO_BLK_T_DISCARD, discard },
	{ VIRTIO_BLK_T_WRITE_ZEROES, write_zeroes },
};

static int run(struct v2v_device *d, uint32_t type, const struct request *r,
	struct v2v_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return types[i].run(d, r, err);
	return VIRTIO_BLK_S_UNSUPP;
}

/* Run it, put its status behind its data, hand it back. */
static int finish(struct v2v_device *d, uint32_t type, const struct request *r,
	struct v2v_error *err)
{
	int status = run(d, type, r, err);
	unsigned char byte = (unsigned char)status;

	if (status < 0 || v2v_chain_write(r->chain, &d->memory, r->in, &byte,
				  sizeof byte, err) < 0)
		return -1;
	return v2v_ring_complete(
		&d->ring, r->chain, (uint32_t)r->chain->writable, err);
}

int v2v_block_serve(
	struct v2v_device *d, unsigned char *buffer, struct v2v_error *err)
{
	struct virtio_blk_outhdr header;
	struct v2v_chain chain;
	struct request r = { &chain, 0, 0, 0, buffer };
	int n = v2v_ring_next(&d->ring, &d->memory, &chain, err);

	if (n <= 0)
		return n;
	if (chain.readable < sizeof header || !chain.writable)
		return v2v_fail(err, "kernel-broken",
			"a request has %llu bytes, and room for %llu",
			(unsigned long long)chain.readable,
			(unsigned long long)chain.writable);
	if (v2v_chain_read(&chain, &d->memory, 0, &header, sizeof header, err) <
		0)
		return -1;
	r.at = place(header.sector);
	r.out = chain.readable - sizeof header;
	r.in = chain.writable - 1;
	if (header.type == VIRTIO_BLK_T_IN && d->must_wait &&
		d->must_wait(d->disk.opaque, r.at, r.in))
		return 0;
	return finish(d, header.type, &r, err) < 0 ? -1 : 1;
}
