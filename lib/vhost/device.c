/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device's descriptors: its socket, its one connection, its kick. */
#include "core/open.h"
#include "vhost/device-private.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

static int watch(struct v2v_device *d, enum v2v_device_part part, int fd,
	uint32_t events, struct v2v_error *err)
{
	struct epoll_event e = { .events = events,
		.data.u64 = (uint64_t)d->index * V2V_DEVICE_PARTS + part };

	if (epoll_ctl(d->poll, EPOLL_CTL_ADD, fd, &e) < 0)
		return v2v_fail_errno(err, "cannot wait for the kernel");
	return 0;
}

/* The kernel may have the same file open, so closing it would not do. */
static void end_watch(struct v2v_device *d, int *fd)
{
	if (*fd < 0)
		return;
	epoll_ctl(d->poll, EPOLL_CTL_DEL, *fd, NULL);
	close(v2v_take_fd(fd));
}

int v2v_device_listen(
	struct v2v_device *d, const char *path, struct v2v_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int fd = -1;

	d->listener = d->socket = d->kick = d->back = d->ring.call = -1;
	if (strlen(path) >= sizeof address.sun_path)
		return v2v_fail(err, "io",
			"'%s' is too long for the name of a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	fd = v2v_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return v2v_fail_errno(err, "cannot make the socket '%s'", path);
	d->path = v2v_strdup(path);
	if (listen(fd, 1) < 0)
		return v2v_fail_errno(err, "cannot make the socket '%s'", path);
	d->listener = v2v_take_fd(&fd);
	return watch(d, V2V_DEVICE_LISTENER, d->listener, EPOLLIN, err);
}

/* Nobody else can connect. */
static void end_listening(struct v2v_device *d)
{
	end_watch(d, &d->listener);
	if (d->path)
		unlink(d->path);
	free(v2v_take(d->path));
}

int v2v_device_accept(struct v2v_device *d, struct v2v_error *err)
{
	int fd = v2v_own_fd(
		accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));

	if (fd < 0) /* it has gone again */
		return 0;
	end_listening(d);
	d->socket = fd;
	return watch(d, V2V_DEVICE_SOCKET, fd, EPOLLIN, err);
}

/* Edge-triggered, and never read: each write to an eventfd is an event, and a
 * read could wait, as the kernel's own descriptor may be a blocking one. */
int v2v_device_set_kick(struct v2v_device *d, int fd, struct v2v_error *err)
{
	end_watch(d, &d->kick);
	d->kick = fd;
	return watch(d, V2V_DEVICE_KICK, fd, EPOLLIN | EPOLLET, err);
}

void v2v_device_close(struct v2v_device *d)
{
	end_watch(d, &d->socket);
	end_watch(d, &d->kick);
}

void v2v_device_clear(struct v2v_device *d)
{
	end_listening(d);
	v2v_device_close(d);
	v2v_message_clear(&d->message);
	v2v_ring_stop(&d->ring);
	v2v_memory_clear(&d->memory);
	v2v_cleanup_close(&d->ring.call);
	v2v_cleanup_close(&d->back);
}
