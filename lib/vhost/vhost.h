/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks for a kernel that runs in a process beside us: a vhost-user-blk server
 * over functions of the caller, and the mailbox through which that kernel is
 * asked (mailbox.h).  One thread, and that the caller's: everything is served
 * while v2v_vhost_call() waits, and nothing in between.
 *
 * Works for User-mode Linux (virtio_uml.device=SOCKET:2:ID) and for qemu
 * (vhost-user-blk-pci, memory-backend-memfd, share=on).
 *
 * Nothing that the kernel says is believed: SPEC is the Vhost-user Protocol of
 * qemu's documentation, VIRTIO is Virtual I/O Device (VIRTIO) 1.2.  A kernel
 * that breaks their rules is an error, "kernel-broken"; one that ends
 * "kernel-gone"; one that does not answer in time "kernel-slow".
 */
#ifndef V2V_VHOST_H
#define V2V_VHOST_H

#include "core/handle.h"

#include <sys/uio.h>

/*
 * Each returns 0, or -1: an I/O error for the kernel.  @at and @size are bytes,
 * multiples of 512 and within the disk; @size is not 0, and of a read or a
 * write at most V2V_VHOST_PIECE.  None may call into the server.
 */
struct v2v_vhost_ops {
	int (*read)(void *opaque, uint64_t at, void *data, size_t size);
	/* The rest may be NULL.  No write: the disk must be read only. */
	int (*write)(void *opaque, uint64_t at, const void *data, size_t size);
	/* What is read there afterwards is anything.  NULL: not offered. */
	int (*discard)(void *opaque, uint64_t at, uint64_t size);
	/* Make it zeros.  NULL: zeros are written. */
	int (*zero)(void *opaque, uint64_t at, uint64_t size);
	/* NULL: nothing is to be done. */
	int (*flush)(void *opaque);
};

#define V2V_VHOST_PIECE	 (256 << 10) /* bytes */
#define V2V_VHOST_SERIAL 20	     /* VIRTIO 5.2.6: bytes; no NUL if full */

struct v2v_vhost_disk {
	uint64_t size; /* bytes, a multiple of 512 */
	bool read_only;
	char serial[V2V_VHOST_SERIAL];
	const struct v2v_vhost_ops *ops; /* lent, as long as the server is */
	void *opaque;
};

struct v2v_vhost;

/* A server that makes its sockets in @directory, which none but the kernel's
 * user and ours should be able to enter.  The caller's to free. */
struct v2v_vhost *v2v_vhost_new(const char *directory);

/* Closes everything; the kernel, if it still runs, loses its disks.  Takes
 * NULL. */
void v2v_vhost_free(struct v2v_vhost *vhost);

/*
 * One more disk; before the first call.  *@ret_socket, the caller's to free, is
 * where the kernel connects, once.  Fails where the socket cannot be made (a
 * path of 108 bytes is too long).
 */
int v2v_vhost_add(struct v2v_vhost *vhost, const struct v2v_vhost_disk *disk,
	char **ret_socket, struct v2v_error *err);

/* The mailbox's disk; one, and before the first call. */
int v2v_vhost_add_mailbox(
	struct v2v_vhost *vhost, char **ret_socket, struct v2v_error *err);

/* Milliseconds of CLOCK_MONOTONIC, now. */
int64_t v2v_vhost_now(void);

/*
 * Hand the request to the kernel (its pieces one after the other, together at
 * most V2V_MAILBOX_MAX bytes) and serve until its reply is there: *@ret_status
 * (0, an errno, a program's status: whatever the kernel says) and what comes
 * with it, added to @ret_data (may be NULL).  The first call serves the
 * kernel's boot too.
 *
 * @deadline: a point of v2v_vhost_now(), not a span.  @is_alive(@opaque), if
 * not NULL, is asked every 100 ms at least.  Fails with the errors above, and
 * with "cancelled"; behind a failure the server only fails.
 */
int v2v_vhost_call(struct v2v_vhost *vhost, struct v2v *v,
	const struct iovec *request, size_t count, int64_t deadline,
	bool (*is_alive)(void *opaque), void *opaque, int *ret_status,
	struct v2v_text *ret_data, struct v2v_error *err);
#endif
