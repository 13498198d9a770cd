/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel's side of vhost-user: messages with descriptors, what is in its
 * memory, requests.  The input is a list of steps; a byte that is not a step
 * ends it. The device is set up first, unless the first byte is odd; with 2 in
 * it, it is the mailbox.
 */
#include "scratch.h"

#include "../unit/vhost-driver.h"
#include "vhost/device-private.h"
#include "vhost/mailbox-private.h"

#include <sys/epoll.h>

#define STEPS	 64
#define REQUESTS 8
#define DISK	 (1 << 20)

struct input {
	const uint8_t *data;
	size_t size;
};

struct fuzz {
	struct v2v_device device;
	struct driver driver;
	struct input in;
	struct v2v_mailbox mailbox;
	bool is_mailbox;
};

static unsigned char buffer[V2V_VHOST_PIECE];

/* Bytes of the input; zeros behind its end. */
static void take(struct input *in, void *ret, size_t size)
{
	size_t n = size < in->size ? size : in->size;

	memset(ret, 0, size);
	memcpy(ret, in->data, n);
	in->data += n;
	in->size -= n;
}

static uint16_t take_number(struct input *in)
{
	uint16_t n;

	take(in, &n, sizeof n);
	return n;
}

/* Some bytes of memory, while nothing is asked or in the midst of a request. */
static void change_memory(struct fuzz *f)
{
	uint32_t at = take_number(&f->in) * 2u;
	size_t size = take_number(&f->in) % 128;

	if (at + size <= DRIVER_SIZE)
		take(&f->in, f->driver.map + at, size);
}

/* What vhost.h promises to the callbacks. */
static void check(uint64_t at, uint64_t size)
{
	if (!size || at % 512 || size % 512 || at > DISK || size > DISK - at)
		abort();
}

static int read_disk(void *opaque, uint64_t at, void *data, size_t size)
{
	struct fuzz *f = opaque;

	check(at, size);
	if (size > V2V_VHOST_PIECE)
		abort();
	memset(data, 'd', size);
	if (f->in.size && f->in.data[0] == 0xff &&
		ftruncate(f->driver.memory, f->in.data[f->in.size - 1] * 256) <
			0)
		abort();
	return at == 4096 ? -1 : 0;
}

static int write_disk(void *opaque, uint64_t at, const void *data, size_t size)
{
	static volatile unsigned char sum;

	(void)opaque;
	check(at, size);
	for (size_t i = 0; i < size; i += 511)
		sum = (unsigned char)(sum + ((const unsigned char *)data)[i]);
	return 0;
}

static int discard(void *opaque, uint64_t at, uint64_t size)
{
	(void)opaque;
	check(at, size);
	return 0;
}

static const struct v2v_vhost_ops ops = {
	.read = read_disk,
	.write = write_disk,
	.discard = discard,
};

static void serve_requests(struct fuzz *f)
{
	struct v2v_error err = { 0 };

	for (int i = 0; i < REQUESTS; i++)
		if (v2v_block_serve(&f->device, buffer, &err) <= 0)
			break;
}

/* All messages that are there; as in the server, -1 ends it. */
static int serve_messages(struct fuzz *f)
{
	struct v2v_error err = { 0 };
	struct pollfd p = { f->device.socket, POLLIN, 0 };

	while (poll(&p, 1, 0) > 0) {
		int r = v2v_message_receive(&f->device, &err);

		if (r > 0) {
			r = v2v_protocol_handle(&f->device, &err);
			v2v_message_clear(&f->device.message);
		}
		if (r == 0)
			r = v2v_ring_start(
				&f->device.ring, &f->device.memory, &err);
		if (r < 0 || f->device.is_gone)
			return -1;
	}
	return 0;
}

/* What the server replied is thrown away. */
static void drain(const struct fuzz *f)
{
	char replies[4096];

	while (recv(f->driver.socket, replies, sizeof replies, MSG_DONTWAIT) >
		0)
		;
}

/* A message: request, flags, how its size is wrong, descriptors, payload. */
static void send_message(struct fuzz *f)
{
	unsigned char payload[UINT8_MAX * 4], head[4];
	const int known[] = { f->driver.memory, f->driver.kick, f->driver.call,
		f->driver.socket };
	int fds[12];
	uint32_t size;

	take(&f->in, head, sizeof head);
	size = head[2] & 0x80 ? head[2] * 4u : head[2];
	take(&f->in, payload, size);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = known[(head[3] >> 4 ^ i * (head[1] >> 6)) % 4];
	driver_send(&f->driver, head[0], 1 ^ (head[1] & 0x3f), payload, size,
		fds, head[3] % ARRAY_SIZE(fds));
}

static void send_bytes(struct fuzz *f)
{
	unsigned char bytes[64];
	size_t n = take_number(&f->in) % sizeof bytes;

	take(&f->in, bytes, n);
	send(f->driver.socket, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A whole request, for the next steps to damage. */
static void lay_request(struct fuzz *f)
{
	uint16_t type = take_number(&f->in), sector = take_number(&f->in);
	uint32_t size = take_number(&f->in) * 16u;
	bool is_out = type == VIRTIO_BLK_T_OUT || type >= VIRTIO_BLK_T_DISCARD;

	driver_head(&f->driver, type, f->is_mailbox ? sector * 64u : sector);
	driver_lay(&f->driver, DESCRIPTORS, is_out ? size : 0,
		is_out ? 0 : size, 32768);
}

static void offer(struct fuzz *f)
{
	uint16_t head = take_number(&f->in);

	driver_offer(&f->driver, head, 1 + head / 1024);
	serve_requests(f);
}

static void cut_memory(struct fuzz *f)
{
	if (ftruncate(f->driver.memory, take_number(&f->in) * 256) < 0)
		abort();
	serve_requests(f);
}

/* A call begins, as v2v_vhost_call() does it. */
static void call(struct fuzz *f)
{
	struct iovec io = { buffer, take_number(&f->in) * 4u };
	struct v2v_text data CLEANUP_TEXT = { 0 };
	int status;

	if (f->mailbox.is_replied)
		v2v_mailbox_take(&f->mailbox, &status, &data);
	v2v_mailbox_put(&f->mailbox, &io, 1, NULL);
	serve_requests(f);
}

static void (*const steps[])(struct fuzz *f) = {
	send_message,
	send_bytes,
	change_memory,
	lay_request,
	offer,
	cut_memory,
	call,
};

/* The driver has a mapping: a file that was cut is made long again before. */
static void run(struct fuzz *f)
{
	for (int i = 0; i < STEPS && f->in.size; i++) {
		uint8_t step;

		take(&f->in, &step, 1);
		if (step >= ARRAY_SIZE(steps))
			return;
		if (ftruncate(f->driver.memory, DRIVER_SIZE) < 0)
			abort();
		steps[step](f);
		if (serve_messages(f) < 0)
			return;
		drain(f);
	}
}

static void begin(struct fuzz *f, uint8_t how)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		abort();
	f->is_mailbox = how & 2;
	f->device = (struct v2v_device){ .poll = epoll_create1(0),
		.listener = -1,
		.socket = ends[0],
		.kick = -1,
		.back = -1,
		.ring.call = -1,
		.disk = { .size = DISK, .ops = &ops, .opaque = f } };
	if (f->is_mailbox) {
		f->device.disk = v2v_mailbox_disk(&f->mailbox);
		f->device.must_wait = v2v_mailbox_must_wait;
	}
	f->driver = (struct driver){ .socket = ends[1],
		.memory = memfd_create("fuzz", 0),
		.kick = eventfd(0, EFD_NONBLOCK),
		.call = eventfd(0, EFD_NONBLOCK) };
	if (ftruncate(f->driver.memory, DRIVER_SIZE) < 0)
		abort();
	f->driver.map = mmap(NULL, DRIVER_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED, f->driver.memory, 0);
	if (how & 1)
		return;
	driver_say(&f->driver, SET_FEATURES,
		&(uint64_t){ v2v_block_features(&f->device) | 1 << 30 }, 8);
	driver_give_memory(&f->driver);
	driver_give_ring(&f->driver);
	if (serve_messages(f) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	static struct fuzz f;
	uint8_t how;

	memset(&f, 0, sizeof f);
	f.in = (struct input){ data, size };
	take(&f.in, &how, 1);
	begin(&f, how);
	run(&f);
	v2v_device_clear(&f.device);
	close(f.device.poll);
	v2v_mailbox_clear(&f.mailbox);
	driver_end(&f.driver);
	return 0;
}
