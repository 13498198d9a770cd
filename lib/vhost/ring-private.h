/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A split virtqueue (VIRTIO 2.7), the device's side.  Requests are taken and
 * completed one after the other, in the order in which they were made
 * available; everything is read once, by v2v_memory_read() and similar
 * functions.
 *
 * Only the used index is not written by pwrite(), which may copy byte by byte:
 * the driver would see 0x0000 or 0x01ff between 0x00ff and 0x0100.  It is added
 * to by futex(2), FUTEX_WAKE_OP: one atomic addition that, where the page is
 * gone, says EFAULT instead of raising SIGBUS.  That the index is the upper
 * half of an aligned word whose lower half, the flags, is ours and 0, is VIRTIO
 * 2.7.8.  The available index is read until two reads agree.
 */
#ifndef V2V_VHOST_RING_H
#define V2V_VHOST_RING_H

#include "vhost/memory-private.h"

/* What a request may consist of: VIRTIO 5.2.4, seg_max and size_max.  Header
 * and status come in addition. */
#define V2V_RING_SEGMENTS     126
#define V2V_RING_SEGMENT_SIZE 65536u
#define V2V_RING_DESCRIPTORS  (V2V_RING_SEGMENTS + 2)
#define V2V_RING_MAX_SIZE     1024u /* descriptors */

struct v2v_ring {
	/* As the kernel says; addresses are of the process that runs it. */
	uint32_t size; /* 0: not yet */
	uint64_t descriptors_at, available_at, used_at;
	bool is_placed, is_enabled, is_kicked;

	/* While it runs. */
	bool is_running;
	struct v2v_place descriptors, available, used;
	void *page;	     /* of the used index */
	uint32_t *used_word; /* in it */
	uint16_t last;	     /* the next available entry; set when it stops */
	uint16_t used_index;

	int call; /* an eventfd or a socket; -1: none */
	bool call_is_socket;
};

struct v2v_segment {
	uint64_t at;
	uint32_t size;
};

/* A request: what the device reads, behind it what it writes. */
struct v2v_chain {
	uint16_t head;
	size_t count, readable_count;
	struct v2v_segment segments[V2V_RING_DESCRIPTORS];
	uint64_t readable, writable; /* bytes */
};

/* Begin where the kernel has said all that is needed (SPEC, "Ring states"): 0,
 * running or not yet. */
int v2v_ring_start(struct v2v_ring *ring, const struct v2v_memory *memory,
	struct v2v_error *err);
void v2v_ring_stop(struct v2v_ring *ring);

/* The next request, which stays the next until it is completed: 1; 0: there is
 * none; -1: the kernel has broken the rules. */
int v2v_ring_next(const struct v2v_ring *ring, const struct v2v_memory *memory,
	struct v2v_chain *ret_chain, struct v2v_error *err);

/* It is done, and the first @written bytes of its writable part are; the kernel
 * is notified, if it wants to be. */
int v2v_ring_complete(struct v2v_ring *ring, const struct v2v_chain *chain,
	uint32_t written, struct v2v_error *err);

/* From @at of the readable part; to @at of the writable part.  All of it must
 * be there. */
int v2v_chain_read(const struct v2v_chain *chain,
	const struct v2v_memory *memory, uint64_t at, void *data, size_t size,
	struct v2v_error *err);
int v2v_chain_write(const struct v2v_chain *chain,
	const struct v2v_memory *memory, uint64_t at, const void *data,
	size_t size, struct v2v_error *err);
#endif
