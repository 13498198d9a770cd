/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of vhost-user, and the descriptors that come with them. */
#include "core/open.h"
#include "vhost/device-private.h"

#include <sys/socket.h>

/* SPEC, "Header": version 1; a reply. */
#define VERSION	     1u
#define VERSION_MASK 3u
#define REPLY	     4u

void v2v_message_clear(struct v2v_vhost_message *m)
{
	for (size_t i = 0; i < m->fd_count; i++)
		v2v_cleanup_close(&m->fds[i]);
	m->fd_count = 0;
	m->got = 0;
}

/* All of them become ours, or are closed at once. */
static int take_fds(struct v2v_vhost_message *m, struct msghdr *h)
{
	int r = h->msg_flags & MSG_CTRUNC ? -1 : 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		const unsigned char *data = CMSG_DATA(c);
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, data + i * sizeof fd, sizeof fd);
			if (m->fd_count < V2V_MEMORY_REGIONS) {
				m->fds[m->fd_count++] = v2v_own_fd(fd);
				continue;
			}
			close(fd);
			r = -1;
		}
	}
	return r;
}

/* Some bytes more, at most @size: how many, 0 for none, -1. */
static int receive_some(
	struct v2v_device *d, void *data, size_t size, struct v2v_error *err)
{
	_Alignas(struct cmsghdr) char
		control[CMSG_SPACE(V2V_MEMORY_REGIONS * sizeof(int))];
	struct iovec io = { data, size };
	struct msghdr h = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control };
	ssize_t n = recvmsg(d->socket, &h, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	d->is_gone = n <= 0;
	if (d->is_gone)
		return 0;
	if (take_fds(&d->message, &h) < 0)
		return v2v_fail(err, "kernel-broken",
			"a message has more than %d descriptors",
			V2V_MEMORY_REGIONS);
	return (int)n;
}

static int check_header(
	const struct v2v_vhost_message *m, struct v2v_error *err)
{
	if ((m->flags & VERSION_MASK) != VERSION || m->flags & REPLY)
		return v2v_fail(err, "kernel-broken",
			"a message has the flags 0x%x", m->flags);
	if (m->size > V2V_MESSAGE_PAYLOAD)
		return v2v_fail(err, "kernel-broken",
			"a message of %u bytes is too long", m->size);
	return 0;
}

int v2v_message_receive(struct v2v_device *d, struct v2v_error *err)
{
	struct v2v_vhost_message *m = &d->message;
	unsigned char *header = (unsigned char *)m;
	int n;

	_Static_assert(offsetof(struct v2v_vhost_message, payload) ==
			       V2V_MESSAGE_HEADER,
		"the payload follows the header, as on the wire");
	if (m->got < V2V_MESSAGE_HEADER) {
		n = receive_some(
			d, header + m->got, V2V_MESSAGE_HEADER - m->got, err);
		if (n <= 0)
			return n;
		m->got += (size_t)n;
		if (m->got < V2V_MESSAGE_HEADER)
			return 0;
		if (check_header(m, err) < 0)
			return -1;
	}
	if (m->got < V2V_MESSAGE_HEADER + m->size) {
		n = receive_some(d, header + m->got,
			V2V_MESSAGE_HEADER + m->size - m->got, err);
		if (n <= 0)
			return n;
		m->got += (size_t)n;
	}
	return m->got == V2V_MESSAGE_HEADER + m->size;
}

int v2v_message_reply(struct v2v_device *d, const void *payload, size_t size,
	struct v2v_error *err)
{
	struct {
		uint32_t request, flags, size;
		unsigned char payload[V2V_MESSAGE_PAYLOAD];
	} reply = { d->message.request, VERSION | REPLY, (uint32_t)size,
		{ 0 } };
	ssize_t n;

	memcpy(reply.payload, payload, size);
	n = send(d->socket, &reply, V2V_MESSAGE_HEADER + size,
		MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n == (ssize_t)(V2V_MESSAGE_HEADER + size))
		return 0;
	d->is_gone = n < 0 && (errno == EPIPE || errno == ECONNRESET);
	return d->is_gone ? 0
			  : v2v_fail(err, "kernel-broken",
				    "the kernel does not take a reply");
}
