/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server: its devices, and the loop that serves them during a call. */
#include "vhost/vhost.h"

#include "core/open.h"
#include "vhost/device-private.h"
#include "vhost/mailbox-private.h"

#include <sys/epoll.h>
#include <time.h>

#define IDLE   100 /* ms: how long a wait is at most */
#define EVENTS 16
#define BUDGET 8 /* requests of a device in one turn: 63 MiB at most */

struct v2v_vhost {
	char *directory;
	int poll;
	struct v2v_device *devices;
	size_t count;
	struct v2v_mailbox mailbox;
	size_t mailbox_index;
	bool has_mailbox;
	bool has_ended; /* a call has failed, or the kernel has gone */
	unsigned char buffer[V2V_VHOST_PIECE];
};

int64_t v2v_vhost_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct v2v_vhost *v2v_vhost_new(const char *directory)
{
	struct v2v_vhost *vhost = v2v_alloc(1, sizeof *vhost);

	vhost->directory = v2v_strdup(directory);
	vhost->poll = v2v_own_fd(epoll_create1(EPOLL_CLOEXEC));
	return vhost;
}

void v2v_vhost_free(struct v2v_vhost *vhost)
{
	if (!vhost)
		return;
	for (size_t i = 0; i < vhost->count; i++)
		v2v_device_clear(&vhost->devices[i]);
	free(vhost->devices);
	v2v_mailbox_clear(&vhost->mailbox);
	v2v_cleanup_close(&vhost->poll);
	free(vhost->directory);
	free(vhost);
}

int v2v_vhost_add(struct v2v_vhost *vhost, const struct v2v_vhost_disk *disk,
	char **ret_socket, struct v2v_error *err)
{
	CLEANUP_FREE char *path =
		v2v_format("%s/d%zu", vhost->directory, vhost->count);
	struct v2v_device *d = v2v_append(vhost->devices, vhost->count);

	d->disk = *disk;
	d->disk.read_only |= !disk->ops->write;
	d->poll = vhost->poll;
	d->index = (uint32_t)vhost->count - 1;
	if (v2v_device_listen(d, path, err) < 0)
		return -1;
	*ret_socket = v2v_take(path);
	return 0;
}

int v2v_vhost_add_mailbox(
	struct v2v_vhost *vhost, char **ret_socket, struct v2v_error *err)
{
	struct v2v_vhost_disk disk = v2v_mailbox_disk(&vhost->mailbox);

	if (v2v_vhost_add(vhost, &disk, ret_socket, err) < 0)
		return -1;
	vhost->mailbox_index = vhost->count - 1;
	vhost->has_mailbox = true;
	vhost->devices[vhost->mailbox_index].must_wait = v2v_mailbox_must_wait;
	return 0;
}

static int serve_socket(
	struct v2v_vhost *vhost, struct v2v_device *d, struct v2v_error *err)
{
	int r = v2v_message_receive(d, err);

	if (r > 0) {
		r = v2v_protocol_handle(d, err);
		v2v_message_clear(&d->message);
	}
	if (d->is_gone) {
		v2v_device_close(d);
		vhost->has_ended = true;
	}
	d->is_pending = true;
	return r < 0 ? -1 : v2v_ring_start(&d->ring, &d->memory, err);
}

static int serve_event(
	struct v2v_vhost *vhost, uint64_t data, struct v2v_error *err)
{
	struct v2v_device *d = &vhost->devices[data / V2V_DEVICE_PARTS];

	switch ((enum v2v_device_part)(data % V2V_DEVICE_PARTS)) {
	case V2V_DEVICE_LISTENER:
		return d->listener < 0 ? 0 : v2v_device_accept(d, err);
	case V2V_DEVICE_SOCKET:
		return d->socket < 0 ? 0 : serve_socket(vhost, d, err);
	default:
		d->is_pending = true;
		return 0;
	}
}

/* Some of its requests. */
static int serve_requests(
	struct v2v_vhost *vhost, struct v2v_device *d, struct v2v_error *err)
{
	for (int i = 0; i < BUDGET; i++) {
		int r = v2v_block_serve(d, vhost->buffer, err);

		if (r < 0)
			return -1;
		if (r == 0) {
			d->is_pending = false;
			return 0;
		}
	}
	return 0;
}

static int fail_of_device(const struct v2v_device *d, struct v2v_error *err)
{
	return v2v_fail_prefix(
		err, "disk '%.*s'", V2V_VHOST_SERIAL, d->disk.serial);
}

static bool has_work(const struct v2v_vhost *vhost)
{
	for (size_t i = 0; i < vhost->count; i++)
		if (vhost->devices[i].is_pending)
			return true;
	return false;
}

/* Wait up to @timeout ms, none where there is work left, and do what there is;
 * not much in one turn, so that the caller's limits hold.  1, 0 where there was
 * nothing, -1. */
static int serve_turn(
	struct v2v_vhost *vhost, int timeout, struct v2v_error *err)
{
	bool has_worked = has_work(vhost);
	struct epoll_event events[EVENTS];
	int n = epoll_wait(
		vhost->poll, events, EVENTS, has_worked ? 0 : timeout);

	if (n < 0 && errno != EINTR)
		return v2v_fail_errno(err, "cannot wait for the kernel");
	for (int i = 0; i < n; i++) {
		uint64_t data = events[i].data.u64;

		if (serve_event(vhost, data, err) < 0)
			return fail_of_device(
				&vhost->devices[data / V2V_DEVICE_PARTS], err);
	}
	for (size_t i = 0; i < vhost->count; i++)
		if (vhost->devices[i].is_pending &&
			serve_requests(vhost, &vhost->devices[i], err) < 0)
			return fail_of_device(&vhost->devices[i], err);
	return has_worked || n > 0;
}

/* What a call waits with, and for how long. */
struct call {
	const struct v2v *v;
	int64_t deadline;
	bool (*is_alive)(void *opaque);
	void *opaque;
};

/* May the wait go on?  A kernel that has ended may have replied before. */
static int check(const struct v2v_vhost *vhost, const struct call *call,
	struct v2v_error *err)
{
	if (vhost->mailbox.broken)
		return v2v_fail(err, "kernel-broken",
			"the kernel breaks the mailbox's rules: %s",
			vhost->mailbox.broken);
	if (vhost->has_ended && !has_work(vhost))
		return v2v_fail(err, "kernel-gone", "the kernel has ended");
	if (v2v_vhost_now() >= call->deadline)
		return v2v_fail(err, "kernel-slow",
			"the kernel has not answered in time");
	return v2v_check_cancel(call->v, err);
}

static int wait_for_reply(
	struct v2v_vhost *vhost, const struct call *call, struct v2v_error *err)
{
	bool is_dead = false;

	while (!vhost->mailbox.is_replied) {
		int64_t left = call->deadline - v2v_vhost_now();
		int r, timeout = left < IDLE ? (int)left : IDLE;

		if (check(vhost, call, err) < 0)
			return -1;
		r = serve_turn(vhost, is_dead ? 0 : timeout, err);
		if (r < 0)
			return -1;
		if (r > 0 || !call->is_alive)
			continue;
		vhost->has_ended |= is_dead;
		is_dead = !call->is_alive(call->opaque);
	}
	return 0;
}

int v2v_vhost_call(struct v2v_vhost *vhost, struct v2v *v,
	const struct iovec *request, size_t count, int64_t deadline,
	bool (*is_alive)(void *opaque), void *opaque, int *ret_status,
	struct v2v_text *ret_data, struct v2v_error *err)
{
	const struct call call = { v, deadline, is_alive, opaque };

	if (vhost->has_ended || !vhost->has_mailbox)
		return v2v_fail(err, "kernel-gone", "the kernel has ended");
	if (v2v_mailbox_put(&vhost->mailbox, request, count, err) < 0)
		return -1;
	vhost->devices[vhost->mailbox_index].is_pending = true;
	if (wait_for_reply(vhost, &call, err) < 0) {
		vhost->has_ended = true;
		return -1;
	}
	v2v_mailbox_take(&vhost->mailbox, ret_status, ret_data);
	return 0;
}
