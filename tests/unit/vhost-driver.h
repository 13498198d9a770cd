/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's side of vhost-user: memory, a ring, messages, requests. */
#ifndef V2V_TEST_VHOST_DRIVER_H
#define V2V_TEST_VHOST_DRIVER_H

#undef NDEBUG
#include "core/mem.h"

#include <assert.h>
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Where things are in the memory, which appears at GUEST and at USER. */
#define DRIVER_SIZE (16u << 20)
#define GUEST	    UINT64_C(0x100000)
#define USER	    UINT64_C(0x7f0000000000)
#define RING_SIZE   64u
#define DESCRIPTORS 0u
#define AVAILABLE   4096u
#define USED	    8192u
#define TABLE	    12288u /* an indirect one */
#define HEADER	    16384u
#define STATUS	    20480u
#define DATA	    65536u

enum {
	GET_FEATURES = 1,
	SET_FEATURES,
	SET_OWNER,
	SET_MEM_TABLE = 5,
	SET_VRING_NUM = 8,
	SET_VRING_ADDR,
	SET_VRING_BASE,
	GET_VRING_BASE,
	SET_VRING_KICK,
	SET_VRING_CALL,
	SET_VRING_ERR,
	GET_PROTOCOL_FEATURES,
	SET_PROTOCOL_FEATURES,
	GET_QUEUE_NUM,
	SET_VRING_ENABLE,
	SET_BACK = 21,
	GET_CONFIG = 24,
};

struct driver {
	int socket, memory, kick, call;
	unsigned char *map;
	uint16_t index, used; /* next available; next used */
};

static inline void driver_send(const struct driver *d, uint32_t request,
	uint32_t flags, const void *payload, uint32_t size, const int *fds,
	size_t count)
{
	uint32_t header[3] = { request, flags, size };
	struct iovec io[2] = { { header, sizeof header },
		{ (void *)(uintptr_t)payload, size } };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {
		0
	};
	struct msghdr h = { .msg_iov = io, .msg_iovlen = 2 };

	if (count) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		*c = (struct cmsghdr){ CMSG_LEN(count * sizeof *fds),
			SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(c), fds, count * sizeof *fds);
		h.msg_control = control;
		h.msg_controllen = CMSG_SPACE(count * sizeof *fds);
	}
	/* The server may have given up. */
	if (sendmsg(d->socket, &h, MSG_NOSIGNAL) < 0)
		return;
}

static inline void driver_say(const struct driver *d, uint32_t request,
	const void *payload, uint32_t size)
{
	driver_send(d, request, 1, payload, size, NULL, 0);
}

static inline void driver_say_state(
	const struct driver *d, uint32_t request, uint32_t number)
{
	uint32_t state[2] = { 0, number };

	driver_say(d, request, state, sizeof state);
}

static inline void driver_hand(const struct driver *d, uint32_t request, int fd)
{
	uint64_t index = 0;

	driver_send(d, request, 1, &index, sizeof index, &fd, 1);
}

/* The reply to @request, which has @size bytes. */
static inline void driver_hear(
	const struct driver *d, uint32_t request, void *payload, uint32_t size)
{
	struct timeval patience = { 120, 0 };
	uint32_t header[3];

	/* A server that has gone is seen, one that hangs too. */
	assert(setsockopt(d->socket, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof patience) == 0);
	assert(recv(d->socket, header, sizeof header, MSG_WAITALL) ==
		sizeof header);
	assert(header[0] == request && header[1] == 5 && header[2] == size);
	assert(recv(d->socket, payload, size, MSG_WAITALL) == (ssize_t)size);
}

static inline uint64_t driver_ask(const struct driver *d, uint32_t request)
{
	uint64_t n;

	driver_say(d, request, NULL, 0);
	driver_hear(d, request, &n, sizeof n);
	return n;
}

static inline void driver_connect(struct driver *d, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*d = (struct driver){ .socket = socket(
				      AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
		.memory = memfd_create("memory", MFD_CLOEXEC),
		.kick = eventfd(0, EFD_CLOEXEC),
		.call = eventfd(0, EFD_CLOEXEC) };
	assert(ftruncate(d->memory, DRIVER_SIZE) == 0);
	d->map = mmap(NULL, DRIVER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		d->memory, 0);
	assert(d->map != MAP_FAILED);
	memcpy(address.sun_path, path, strlen(path));
	assert(connect(d->socket, (struct sockaddr *)&address,
		       sizeof address) == 0);
}

static inline void driver_end(struct driver *d)
{
	if (!d->map)
		return;
	munmap(d->map, DRIVER_SIZE);
	close(d->memory);
	v2v_cleanup_close(&d->socket);
	close(d->kick);
	close(d->call);
}

/* In two regions that follow one another. */
static inline void driver_give_memory(const struct driver *d)
{
	const uint64_t half = DRIVER_SIZE / 2;
	uint64_t table[9] = { 2, GUEST, half, USER, 0, GUEST + half, half,
		USER + half, half };
	int fds[2] = { d->memory, d->memory };

	driver_send(d, SET_MEM_TABLE, 1, table, sizeof table, fds, 2);
}

static inline void driver_give_ring(const struct driver *d)
{
	struct {
		uint32_t index, flags;
		uint64_t descriptors, used, available, log;
	} a = { 0, 0, USER + DESCRIPTORS, USER + USED, USER + AVAILABLE, 0 };

	driver_say_state(d, SET_VRING_NUM, RING_SIZE);
	driver_say_state(d, SET_VRING_BASE, d->index);
	driver_say(d, SET_VRING_ADDR, &a, sizeof a);
	driver_hand(d, SET_VRING_CALL, d->call);
	driver_hand(d, SET_VRING_KICK, d->kick);
	driver_say_state(d, SET_VRING_ENABLE, 1);
}

/* As virtio_uml and qemu do it. */
static inline void driver_begin(struct driver *d, const char *path)
{
	uint64_t features;

	driver_connect(d, path);
	driver_say(d, SET_OWNER, NULL, 0);
	features = driver_ask(d, GET_FEATURES);
	driver_ask(d, GET_PROTOCOL_FEATURES);
	driver_say(d, SET_PROTOCOL_FEATURES, &(uint64_t){ 1 << 9 }, 8);
	driver_say(d, SET_FEATURES, &features, sizeof features);
	driver_give_memory(d);
	driver_give_ring(d);
}

static inline void driver_put(const struct driver *d, uint32_t table,
	unsigned i, uint64_t address, uint32_t size, uint16_t flags,
	uint16_t next)
{
	struct vring_desc v = { address, size, flags, next };

	memcpy(d->map + table + i * sizeof v, &v, sizeof v);
}

/* Make @head available @count times, without a kick. */
static inline void driver_offer(struct driver *d, uint16_t head, unsigned count)
{
	uint16_t *available = (uint16_t *)(void *)(d->map + AVAILABLE);

	while (count--)
		available[2 + d->index++ % RING_SIZE] = head;
	__atomic_store_n(&available[1], d->index, __ATOMIC_SEQ_CST);
}

static inline void driver_kick(const struct driver *d)
{
	assert(eventfd_write(d->kick, 1) == 0);
}

static inline uint16_t driver_used_index(const struct driver *d)
{
	const uint16_t *used = (const uint16_t *)(void *)(d->map + USED);

	return __atomic_load_n(&used[1], __ATOMIC_SEQ_CST);
}

/* Wait until all that was offered is used; false: the server has gone. */
static inline bool driver_wait(struct driver *d)
{
	while (driver_used_index(d) != d->index) {
		struct pollfd p[2] = { { d->call, POLLIN, 0 },
			{ d->socket, POLLIN, 0 } };
		eventfd_t n;

		assert(poll(p, 2, 120000) > 0);
		if (p[1].revents)
			return false;
		assert(eventfd_read(d->call, &n) == 0);
	}
	d->used = d->index;
	return true;
}

/* Descriptors for a request with @out bytes of data at DATA to the device, or
 * @in from it, in pieces of @piece. */
static inline void driver_lay(const struct driver *d, uint32_t table,
	uint32_t out, uint32_t in, uint32_t piece)
{
	uint16_t flags = VRING_DESC_F_NEXT | (in ? VRING_DESC_F_WRITE : 0);
	uint64_t at = GUEST + DATA;
	uint32_t left = out + in;
	unsigned i = 1;

	driver_put(d, table, 0, GUEST + HEADER, 16, VRING_DESC_F_NEXT, 1);
	for (; left; i++) {
		uint32_t n = left < piece ? left : piece;

		driver_put(d, table, i, at, n, flags, (uint16_t)(i + 1));
		at += n;
		left -= n;
	}
	driver_put(d, table, i, GUEST + STATUS, 1, VRING_DESC_F_WRITE, 0);
}

static inline void driver_head(
	const struct driver *d, uint32_t type, uint64_t sector)
{
	struct virtio_blk_outhdr h = { type, 0, sector };

	memcpy(d->map + HEADER, &h, sizeof h);
	d->map[STATUS] = 0xee;
}

/* A request; its status, -1 where the server has gone. */
static inline int driver_request(struct driver *d, uint32_t type,
	uint64_t sector, uint32_t out, uint32_t in)
{
	driver_head(d, type, sector);
	driver_lay(d, DESCRIPTORS, out, in, 32768);
	driver_offer(d, 0, 1);
	driver_kick(d);
	return driver_wait(d) ? d->map[STATUS] : -1;
}
#endif
