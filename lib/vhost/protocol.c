/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each message of vhost-user means (SPEC, "Front-end message types"). */
#include "vhost/device-private.h"

#include <sys/stat.h>

#define NEED_REPLY	8u
#define NO_FD		0x100u /* of a kick, a call or an error descriptor */
#define F_PROTOCOL	(UINT64_C(1) << 30)
#define F_BACK		(UINT64_C(1) << 5)
#define F_REPLY_ACK	(UINT64_C(1) << 3)
#define F_CONFIG	(UINT64_C(1) << 9)
#define ALL_PROTOCOL	(F_REPLY_ACK | F_BACK | F_CONFIG)
#define MAX_CONFIG	256u /* SPEC, "Virtio device config space" */
#define CONFIG_HEADER	12u
#define EVENTFD		"anon_inode:[eventfd]"
#define TABLE_HEADER	8u
#define RING_BASE_LIMIT 0xffffu

struct vring_state {
	uint32_t index, number;
};

static uint64_t number(const struct v2v_vhost_message *m)
{
	uint64_t n;

	memcpy(&n, m->payload, sizeof n);
	return n;
}

static int reply_number(struct v2v_device *d, uint64_t n, struct v2v_error *err)
{
	return v2v_message_reply(d, &n, sizeof n, err) < 0 ? -1 : 1;
}

/* There is one ring. */
static int get_state(const struct v2v_vhost_message *m, struct vring_state *ret,
	struct v2v_error *err)
{
	memcpy(ret, m->payload, sizeof *ret);
	if (ret->index)
		return v2v_fail(err, "kernel-broken",
			"virtqueue %u is not offered", ret->index);
	return 0;
}

static int do_nothing(struct v2v_device *d, struct v2v_error *err)
{
	(void)d;
	(void)err;
	return 0;
}

static int get_features(struct v2v_device *d, struct v2v_error *err)
{
	return reply_number(d, v2v_block_features(d) | F_PROTOCOL, err);
}

static int set_features(struct v2v_device *d, struct v2v_error *err)
{
	uint64_t features = number(&d->message);

	if (features & ~(v2v_block_features(d) | F_PROTOCOL))
		return v2v_fail(err, "kernel-broken",
			"features 0x%llx are not offered",
			(unsigned long long)features);
	d->features = features;
	/* SPEC, "Ring states": without it they cannot be enabled. */
	if (!(features & F_PROTOCOL))
		d->ring.is_enabled = true;
	return 0;
}

static int get_protocol_features(struct v2v_device *d, struct v2v_error *err)
{
	return reply_number(d, ALL_PROTOCOL, err);
}

static int set_protocol_features(struct v2v_device *d, struct v2v_error *err)
{
	uint64_t features = number(&d->message);

	if (features & ~ALL_PROTOCOL)
		return v2v_fail(err, "kernel-broken",
			"protocol features 0x%llx are not offered",
			(unsigned long long)features);
	d->protocol_features = features;
	return 0;
}

static int get_queue_num(struct v2v_device *d, struct v2v_error *err)
{
	return reply_number(d, 1, err);
}

static int set_mem_table(struct v2v_device *d, struct v2v_error *err)
{
	struct v2v_vhost_message *m = &d->message;
	uint32_t count;

	memcpy(&count, m->payload, sizeof count);
	if (count != m->fd_count ||
		m->size < TABLE_HEADER + (uint64_t)count *
						 sizeof(struct v2v_region_wire))
		return v2v_fail(err, "kernel-broken",
			"a table of %u memory regions has %zu descriptors and "
			"%u bytes",
			count, m->fd_count, m->size);
	v2v_ring_stop(&d->ring);
	v2v_memory_clear(&d->memory);
	for (uint32_t i = 0; i < count; i++) {
		struct v2v_region_wire wire;

		memcpy(&wire, m->payload + TABLE_HEADER + i * sizeof wire,
			sizeof wire);
		if (v2v_memory_add(&d->memory, &wire, m->fds[i], err) < 0)
			return -1;
	}
	return 0;
}

static int set_vring_num(struct v2v_device *d, struct v2v_error *err)
{
	struct vring_state s;

	if (get_state(&d->message, &s, err) < 0)
		return -1;
	/* VIRTIO 2.7: a power of 2 */
	if (!s.number || s.number > V2V_RING_MAX_SIZE ||
		s.number & (s.number - 1))
		return v2v_fail(err, "kernel-broken",
			"a virtqueue cannot have %u entries", s.number);
	v2v_ring_stop(&d->ring);
	d->ring.size = s.number;
	return 0;
}

static int set_vring_addr(struct v2v_device *d, struct v2v_error *err)
{
	struct {
		uint32_t index, flags;
		uint64_t descriptors, used, available, log;
	} a;

	memcpy(&a, d->message.payload, sizeof a);
	if (a.index)
		return v2v_fail(err, "kernel-broken",
			"virtqueue %u is not offered", a.index);
	v2v_ring_stop(&d->ring);
	d->ring.descriptors_at = a.descriptors;
	d->ring.used_at = a.used;
	d->ring.available_at = a.available;
	d->ring.is_placed = true;
	return 0;
}

static int set_vring_base(struct v2v_device *d, struct v2v_error *err)
{
	struct vring_state s;

	if (get_state(&d->message, &s, err) < 0)
		return -1;
	if (s.number > RING_BASE_LIMIT)
		return v2v_fail(err, "kernel-broken",
			"a virtqueue cannot begin at %u", s.number);
	v2v_ring_stop(&d->ring);
	d->ring.last = (uint16_t)s.number;
	return 0;
}

/* SPEC, "Ring states": this stops the ring. */
static int get_vring_base(struct v2v_device *d, struct v2v_error *err)
{
	struct vring_state s;

	if (get_state(&d->message, &s, err) < 0)
		return -1;
	v2v_ring_stop(&d->ring);
	d->ring.is_kicked = false;
	s.number = d->ring.last;
	return v2v_message_reply(d, &s, sizeof s, err) < 0 ? -1 : 1;
}

static int set_vring_enable(struct v2v_device *d, struct v2v_error *err)
{
	struct vring_state s;

	if (get_state(&d->message, &s, err) < 0)
		return -1;
	if (s.number > 1 || !(d->features & F_PROTOCOL))
		return v2v_fail(err, "kernel-broken",
			"a virtqueue is enabled against the rules");
	d->ring.is_enabled = s.number;
	if (!s.number)
		v2v_ring_stop(&d->ring);
	return 0;
}

/* Is it an eventfd?  Of these it is known that nothing done with them waits
 * (but see notify() in ring.c). */
static bool is_eventfd(int fd)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);
	char target[sizeof EVENTFD + 1];
	ssize_t n = readlink(name, target, sizeof target - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return v2v_streq(target, EVENTFD);
}

static bool is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* The descriptor of the message, or -1 where it says that there is none. */
static int take_fd(struct v2v_device *d, int *ret_fd, struct v2v_error *err)
{
	struct v2v_vhost_message *m = &d->message;
	uint64_t n = number(m);

	if (n & ~(uint64_t)NO_FD || m->fd_count != (n & NO_FD ? 0 : 1))
		return v2v_fail(err, "kernel-broken",
			"0x%llx with %zu descriptors is not a virtqueue's",
			(unsigned long long)n, m->fd_count);
	*ret_fd = m->fd_count ? v2v_take_fd(&m->fds[0]) : -1;
	return 0;
}

static int set_vring_kick(struct v2v_device *d, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = -1;

	if (take_fd(d, &fd, err) < 0)
		return -1;
	if (fd < 0 || !is_eventfd(fd))
		return v2v_fail(
			err, "kernel-broken", "a kick is not an eventfd");
	d->ring.is_kicked = true;
	return v2v_device_set_kick(d, v2v_take_fd(&fd), err);
}

static int set_vring_call(struct v2v_device *d, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = -1;
	bool is_of_socket;

	if (take_fd(d, &fd, err) < 0)
		return -1;
	is_of_socket = fd >= 0 && is_socket(fd);
	if (fd >= 0 && !is_of_socket && !is_eventfd(fd))
		return v2v_fail(err, "kernel-broken",
			"a call is not an eventfd or a socket");
	v2v_cleanup_close(&d->ring.call);
	d->ring.call = v2v_take_fd(&fd);
	d->ring.call_is_socket = is_of_socket;
	return 0;
}

static int set_back(struct v2v_device *d, struct v2v_error *err)
{
	struct v2v_vhost_message *m = &d->message;

	if (m->fd_count != 1)
		return v2v_fail(err, "kernel-broken",
			"a back channel has %zu descriptors", m->fd_count);
	v2v_cleanup_close(&d->back);
	d->back = v2v_take_fd(&m->fds[0]);
	return 0;
}

static int get_config(struct v2v_device *d, struct v2v_error *err)
{
	struct v2v_vhost_message *m = &d->message;
	uint32_t head[3]; /* offset, size, flags */

	memcpy(head, m->payload, sizeof head);
	if (head[1] > MAX_CONFIG || head[0] > MAX_CONFIG ||
		m->size != CONFIG_HEADER + head[1])
		return v2v_fail(err, "kernel-broken",
			"%u bytes at %u of the configuration", head[1],
			head[0]);
	v2v_block_config(d, head[0], m->payload + CONFIG_HEADER, head[1]);
	return v2v_message_reply(d, m->payload, m->size, err) < 0 ? -1 : 1;
}

/* Each returns 1 where it has replied, 0 or -1.  @size: the least payload. */
static const struct {
	int (*handle)(struct v2v_device *d, struct v2v_error *err);
	uint32_t size;
} handlers[] = {
	[1] = { get_features, 0 },
	[2] = { set_features, 8 },
	[3] = { do_nothing, 0 }, /* SET_OWNER */
	[4] = { do_nothing, 0 }, /* RESET_OWNER: "should no longer be used" */
	[5] = { set_mem_table, TABLE_HEADER },
	[8] = { set_vring_num, sizeof(struct vring_state) },
	[9] = { set_vring_addr, 40 },
	[10] = { set_vring_base, sizeof(struct vring_state) },
	[11] = { get_vring_base, sizeof(struct vring_state) },
	[12] = { set_vring_kick, 8 },
	[13] = { set_vring_call, 8 },
	[14] = { do_nothing, 8 }, /* SET_VRING_ERR: there is nothing to say */
	[15] = { get_protocol_features, 0 },
	[16] = { set_protocol_features, 8 },
	[17] = { get_queue_num, 0 },
	[18] = { set_vring_enable, sizeof(struct vring_state) },
	[21] = { set_back, 0 },
	[24] = { get_config, CONFIG_HEADER },
	[25] = { do_nothing, CONFIG_HEADER }, /* SET_CONFIG: nothing can be */
};

int v2v_protocol_handle(struct v2v_device *d, struct v2v_error *err)
{
	const struct v2v_vhost_message *m = &d->message;
	int r;

	if (m->request >= ARRAY_SIZE(handlers) || !handlers[m->request].handle)
		return v2v_fail(err, "kernel-broken", "message %u is not known",
			m->request);
	if (m->size < handlers[m->request].size)
		return v2v_fail(err, "kernel-broken", "message %u has %u bytes",
			m->request, m->size);
	r = handlers[m->request].handle(d, err);
	if (r == 0 && m->flags & NEED_REPLY &&
		d->protocol_features & F_REPLY_ACK)
		r = reply_number(d, 0, err);
	return r < 0 ? -1 : 0;
}
