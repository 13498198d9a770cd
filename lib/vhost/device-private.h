/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vhost-user-blk device: a connection, its state, and what is behind it. */
#ifndef V2V_VHOST_DEVICE_H
#define V2V_VHOST_DEVICE_H

#include "vhost/ring-private.h"
#include "vhost/vhost.h"

/* SPEC, "Message Specification". */
#define V2V_MESSAGE_HEADER  12	/* bytes */
#define V2V_MESSAGE_PAYLOAD 512 /* the longest is a memory table's, 264 */

struct v2v_vhost_message {
	uint32_t request, flags, size;
	unsigned char payload[V2V_MESSAGE_PAYLOAD];
	size_t got; /* bytes, of header and payload */
	int fds[V2V_MEMORY_REGIONS];
	size_t fd_count;
};

struct v2v_device {
	struct v2v_vhost_disk disk;
	/* The mailbox's: has a read to be left where it is for now? */
	bool (*must_wait)(void *opaque, uint64_t at, uint64_t size);
	char *path; /* of the socket, until somebody connects */
	int poll;   /* epoll's, lent */
	uint32_t index;
	int listener, socket, kick; /* -1: none */
	/* SPEC, "Back-end communication": nothing is ever sent there, but
	 * User-mode Linux ends the device where it is closed. */
	int back;
	uint64_t features, protocol_features; /* as acknowledged */
	struct v2v_memory memory;
	struct v2v_ring ring;
	struct v2v_vhost_message message; /* on its way */
	bool is_pending;		  /* there may be requests */
	bool is_gone;			  /* the kernel has closed its end */
};

/* What epoll's data says: the device's index, times this, and which. */
enum v2v_device_part {
	V2V_DEVICE_LISTENER,
	V2V_DEVICE_SOCKET,
	V2V_DEVICE_KICK,
	V2V_DEVICE_PARTS
};

/* device.c: wait for the kernel at @path, as the device that @d->disk, @d->poll
 * and @d->index say; nothing is open yet. */
int v2v_device_listen(
	struct v2v_device *d, const char *path, struct v2v_error *err);
/* The one connection; the socket's name goes. */
int v2v_device_accept(struct v2v_device *d, struct v2v_error *err);
/* Takes @fd over. */
int v2v_device_set_kick(struct v2v_device *d, int fd, struct v2v_error *err);
/* End the connection; what is in the rings can still be read. */
void v2v_device_close(struct v2v_device *d);
void v2v_device_clear(struct v2v_device *d);

/*
 * message.c: receive what is there of a message: 1 it is whole, 0 not yet, or
 * the other side has closed (is_gone), -1 it breaks the rules.  Its descriptors
 * are those that v2v_message_clear() closes.
 */
int v2v_message_receive(struct v2v_device *d, struct v2v_error *err);
void v2v_message_clear(struct v2v_vhost_message *m);
/* Reply to the message with another payload.  Never waits; the other side may
 * have closed. */
int v2v_message_reply(struct v2v_device *d, const void *payload, size_t size,
	struct v2v_error *err);

/* protocol.c: do what the message says, and reply if that is wanted. */
int v2v_protocol_handle(struct v2v_device *d, struct v2v_error *err);

/* block.c: what the device offers (VIRTIO 5.2.3), and its configuration (VIRTIO
 * 5.2.4): @size bytes from @offset, zeros behind its end. */
uint64_t v2v_block_features(const struct v2v_device *d);
void v2v_block_config(
	const struct v2v_device *d, uint32_t offset, void *data, uint32_t size);

/* block.c: carry out the next request, with a buffer of V2V_VHOST_PIECE: 1; 0
 * where there is none, or it has to wait; -1. */
int v2v_block_serve(
	struct v2v_device *d, unsigned char *buffer, struct v2v_error *err);
#endif
