/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vhost-user-blk server and its mailbox, with a kernel that keeps to the
 * rules. */
#include "vhost-scene.h"

/* The play's end: one more call is answered. */
static void answer(struct scene *s)
{
	struct v2v_mailbox_request q;

	driver_begin(&s->mailbox, s->mailbox_path);
	q = mailbox_hear(&s->mailbox);
	assert(mailbox_reply(&s->mailbox, q.sequence, 0, 0) == 0);
	driver_end(&s->mailbox);
	driver_end(&s->driver);
}

static void play(const char *dir, void (*part)(struct scene *s),
	void (*check)(const struct scene *s))
{
	struct scene *s = scene_new(dir, part);
	struct v2v_error err = { 0 };
	int status = -1;

	if (scene_call(s, "x", 1, PATIENCE, &status, NULL, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.code, err.text);
		abort();
	}
	assert(status == 0);
	if (check)
		check(s);
	scene_free(s);
}

static void test_features(struct scene *s)
{
	struct {
		uint32_t offset, size, flags;
		struct virtio_blk_config c;
	} config = { 0, sizeof config.c, 0, { 0 } };
	const uint64_t want =
		1 << VIRTIO_BLK_F_SIZE_MAX | 1 << VIRTIO_BLK_F_SEG_MAX |
		1 << VIRTIO_BLK_F_BLK_SIZE | 1 << VIRTIO_BLK_F_FLUSH |
		1 << VIRTIO_BLK_F_DISCARD | 1 << VIRTIO_BLK_F_WRITE_ZEROES |
		1 << 28 | 1 << 30 | UINT64_C(1) << 32;

	driver_connect(&s->driver, s->disk_path);
	assert(driver_ask(&s->driver, GET_FEATURES) == want);
	assert(driver_ask(&s->driver, GET_PROTOCOL_FEATURES) ==
		(1 << 3 | 1 << 5 | 1 << 9));
	assert(driver_ask(&s->driver, GET_QUEUE_NUM) == 1);
	driver_say(&s->driver, GET_CONFIG, &config, sizeof config);
	driver_hear(&s->driver, GET_CONFIG, &config, sizeof config);
	assert(config.c.capacity == DISK_SIZE / 512);
	assert(config.c.blk_size == 512 && config.c.seg_max == 126);
	assert(config.c.size_max == 65536 && config.c.max_discard_seg == 1);
	assert(config.c.max_write_zeroes_sectors == 16384);
	answer(s);
}

/* VHOST_USER_PROTOCOL_F_REPLY_ACK; a ring that stops and goes on. */
static void test_restart(struct scene *s)
{
	struct driver *d = &s->driver;
	uint32_t state[2] = { 0 };
	uint64_t n = 1 << 3;

	driver_begin(d, s->disk_path);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 3, 0, 512) == 0);
	driver_say(d, SET_PROTOCOL_FEATURES, &n, sizeof n);
	driver_send(d, SET_OWNER, 9, NULL, 0, NULL, 0);
	driver_hear(d, SET_OWNER, &n, sizeof n);
	assert(n == 0);
	driver_say(d, GET_VRING_BASE, state, sizeof state);
	driver_hear(d, GET_VRING_BASE, state, sizeof state);
	assert(state[1] == 1);
	driver_give_ring(d);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 4, 0, 512) == 0);
	assert(memcmp(d->map + DATA, s->disk + 4 * 512, 512) == 0);
	answer(s);
}

static void test_requests(struct scene *s)
{
	struct driver *d = &s->driver;
	static const uint32_t sizes[] = { 512, 4096, 32768, 262144, 786432 };

	driver_begin(d, s->disk_path);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(d->map + DATA, 0, sizes[i]);
		assert(driver_request(d, VIRTIO_BLK_T_IN, 77, 0, sizes[i]) ==
			VIRTIO_BLK_S_OK);
		assert(memcmp(d->map + DATA, s->disk + 77 * 512, sizes[i]) ==
			0);
		memset(d->map + DATA, (int)i + 1, sizes[i]);
		assert(driver_request(d, VIRTIO_BLK_T_OUT, 4096, sizes[i], 0) ==
			VIRTIO_BLK_S_OK);
		assert(memcmp(d->map + DATA, s->disk + (2 << 20), sizes[i]) ==
			0);
	}
	memset(d->map + DATA, 'x', 32);
	assert(driver_request(d, VIRTIO_BLK_T_GET_ID, 0, 0, 20) == 0);
	assert(memcmp(d->map + DATA, "disk-0\0\0\0\0\0\0\0\0\0\0\0\0\0\0x",
		       21) == 0);
	assert(driver_request(d, VIRTIO_BLK_T_FLUSH, 0, 0, 0) == 0);
	answer(s);
}

/* A range of @sectors at @sector. */
static int range(struct driver *d, uint32_t type, uint64_t sector,
	uint32_t sectors, uint32_t flags)
{
	struct virtio_blk_discard_write_zeroes r = { sector, sectors, flags };

	memcpy(d->map + DATA, &r, sizeof r);
	return driver_request(d, type, 0, sizeof r, 0);
}

static void test_ranges(struct scene *s)
{
	struct driver *d = &s->driver;

	driver_begin(d, s->disk_path);
	assert(range(d, VIRTIO_BLK_T_DISCARD, 8, 16, 0) == 0);
	assert(range(d, VIRTIO_BLK_T_DISCARD, 8190, 3, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(range(d, VIRTIO_BLK_T_DISCARD, UINT64_MAX, 1, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(range(d, VIRTIO_BLK_T_DISCARD, 0, UINT32_MAX, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(range(d, VIRTIO_BLK_T_DISCARD, 8, 1, 1) == VIRTIO_BLK_S_UNSUPP);
	assert(range(d, VIRTIO_BLK_T_WRITE_ZEROES, 4, 1024, 1) == 0);
	assert(s->disk[4 * 512 - 1] && s->disk[1028 * 512 + 1]);
	for (size_t i = 4 * 512; i < 1028 * 512; i++)
		assert(!s->disk[i]);
	assert(range(d, VIRTIO_BLK_T_WRITE_ZEROES, 0, 16385, 0) ==
		VIRTIO_BLK_S_IOERR);
	answer(s);
}

static void check_ranges(const struct scene *s)
{
	assert(v2v_streq(s->heard.data, "discard 4096 8192\n"));
}

/* What a disk refuses, and goes on. */
static void test_errors(struct scene *s)
{
	struct driver *d = &s->driver;

	driver_begin(d, s->disk_path);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 8191, 0, 1024) ==
		VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, VIRTIO_BLK_T_IN, UINT64_MAX / 512 + 1, 0,
		       512) == VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, VIRTIO_BLK_T_OUT, UINT64_MAX, 512, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 0, 0, 511) ==
		VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 2048, 0, 512) ==
		VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, 99, 0, 0, 512) == VIRTIO_BLK_S_UNSUPP);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 8191, 0, 512) == 0);
	answer(s);
}

/* VIRTIO 2.7.4: a device does not care where descriptors end, nor whether they
 * are in a table, nor in which region of memory. */
static void test_framing(struct scene *s)
{
	struct driver *d = &s->driver;
	uint64_t middle = GUEST + DRIVER_SIZE / 2;
	const uint16_t in = VRING_DESC_F_WRITE, next = VRING_DESC_F_NEXT;

	driver_begin(d, s->disk_path);
	driver_head(d, VIRTIO_BLK_T_IN, 5);
	driver_put(d, DESCRIPTORS, 7, GUEST + HEADER, 3, next, 9);
	driver_put(
		d, DESCRIPTORS, 9, GUEST + TABLE, 48, VRING_DESC_F_INDIRECT, 0);
	driver_put(d, TABLE, 0, GUEST + HEADER + 3, 13, next, 2);
	driver_put(d, TABLE, 1, middle - 100, 513, in, 0);
	driver_put(d, TABLE, 2, GUEST + DATA, 0, next, 1);
	driver_offer(d, 7, 1);
	driver_kick(d);
	assert(driver_wait(d));
	assert(memcmp(d->map + DRIVER_SIZE / 2 - 100, s->disk + 5 * 512, 512) ==
		0);
	assert(d->map[DRIVER_SIZE / 2 + 412] == 0);
	answer(s);
}

/* The 16-bit indexes go round; who wants no calls gets none.  That of the first
 * request may come when its end has been seen already. */
static void test_many(struct scene *s)
{
	struct driver *d = &s->driver;
	struct vring_used_elem e;
	eventfd_t n = 0;

	driver_begin(d, s->disk_path);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 9, 0, 512) == 0);
	d->map[AVAILABLE] = VRING_AVAIL_F_NO_INTERRUPT;
	for (int i = 0; i < 1100; i++) {
		driver_offer(d, 0, RING_SIZE);
		driver_kick(d);
		while (driver_used_index(d) != d->index)
			;
	}
	assert(d->index == (uint16_t)(1100 * RING_SIZE + 1));
	memcpy(&e, d->map + USED + 4, sizeof e);
	assert(e.id == 0 && e.len == 513);
	assert(fcntl(d->call, F_SETFL, O_NONBLOCK) == 0);
	assert(eventfd_read(d->call, &n) < 0 || n == 1);
	answer(s);
}

/* A call that is a socket, as User-mode Linux has it; nobody reads it. */
static void test_socket(struct scene *s)
{
	struct driver *d = &s->driver;
	int ends[2];

	driver_begin(d, s->disk_path);
	assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	driver_hand(d, SET_VRING_CALL, ends[1]);
	driver_ask(d, GET_FEATURES);
	driver_head(d, VIRTIO_BLK_T_IN, 0);
	driver_lay(d, DESCRIPTORS, 0, 512, 512);
	for (int i = 0; i < 200; i++) {
		driver_offer(d, 0, RING_SIZE);
		driver_kick(d);
		while (driver_used_index(d) != d->index)
			;
	}
	close(ends[0]);
	close(ends[1]);
	answer(s);
}

#define BIG (3 << 20)

/* Two calls, the first with much to say on both sides. */
static void test_mailbox(struct scene *s)
{
	struct driver *d = &s->mailbox;
	struct v2v_mailbox_request q;

	driver_begin(d, s->mailbox_path);
	assert(mailbox_read(d, 0, 4096)); /* looks for partitions */
	q = mailbox_hear(d);
	assert(q.sequence == 1 && q.length == BIG);
	assert(d->map[DATA + 16] == 'a' && d->map[DATA + 17] == 'b');
	assert(mailbox_read(d, V2V_MAILBOX_BLOCK, 1 << 20));
	assert(d->map[DATA] == 'a' + (V2V_MAILBOX_BLOCK - 16) % 23);
	assert(mailbox_read(d, BIG, 1024));
	assert(d->map[DATA + 15] == 'a' + (BIG - 1) % 23 && !d->map[DATA + 16]);
	for (uint32_t i = 0; i < 4; i++) {
		memset(d->map + DATA, '0' + (int)i, 1 << 20);
		assert(mailbox_write(
			       d, V2V_MAILBOX_DATA + (i << 20), 1 << 20) == 0);
	}
	assert(mailbox_reply(d, 1, -5, BIG + 7) == 0);
}

static void test_calls(const char *dir)
{
	struct scene *s = scene_new(dir, test_mailbox);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *request = v2v_alloc(1, BIG);
	int status = 1;

	for (size_t i = 0; i < BIG; i++)
		request[i] = (char)('a' + i % 23);
	assert(scene_call(s, request, BIG, PATIENCE, &status, &data, NULL) ==
		0);
	assert(status == -5 && data.length == BIG + 7);
	assert(data.data[0] == '0' && data.data[BIG + 6] == '3');
	driver_end(&s->mailbox);
	scene_free(s);
}

/* Where it is written only by the first call's answer, the second finds the
 * kernel waiting already.  What comes with it is in the same write. */
static void two_answers(struct scene *s)
{
	struct driver *d = &s->mailbox;
	struct v2v_mailbox_request q;

	if (!d->map)
		driver_begin(d, s->mailbox_path);
	q = mailbox_hear(d);
	d->map[DATA + V2V_MAILBOX_PAGE] = (unsigned char)('0' + q.sequence);
	assert(mailbox_reply_with(d, q.sequence, (int)q.sequence, 1, 512) == 0);
}

static void test_calls_in_turn(const char *dir)
{
	struct scene *s = scene_new(dir, two_answers);
	struct v2v_text data CLEANUP_TEXT = { 0 };

	for (int i = 1; i < 5; i++) {
		int status = 0;

		assert(scene_call(s, "", 0, PATIENCE, &status, &data, NULL) ==
			0);
		assert(status == i && data.length == (size_t)i);
		assert(data.data[i - 1] == '0' + i);
	}
	driver_end(&s->mailbox);
	scene_free(s);
}

static void test_too_much(const char *dir)
{
	struct scene *s = scene_new(dir, NULL);
	struct iovec io[2] = { { s, V2V_MAILBOX_MAX }, { s, 1 } };
	struct v2v_error err = { 0 };
	int status;

	assert(v2v_vhost_call(s->server, s->v, io, 2, INT64_MAX, NULL, NULL,
		       &status, NULL, &err) < 0);
	assert(v2v_streq(err.code, "kernel-request"));
	scene_free(s);
}

/* A disk that cannot be written says so, and refuses. */
static void refuse_writes(struct scene *s)
{
	struct driver *d = &s->driver;
	uint64_t features;

	driver_begin(d, s->disk_path);
	features = driver_ask(d, GET_FEATURES);
	assert(features & 1 << VIRTIO_BLK_F_RO);
	assert(!(features &
		 (1 << VIRTIO_BLK_F_DISCARD | 1 << VIRTIO_BLK_F_WRITE_ZEROES)));
	assert(driver_request(d, VIRTIO_BLK_T_OUT, 0, 512, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(range(d, VIRTIO_BLK_T_DISCARD, 0, 1, 0) == VIRTIO_BLK_S_UNSUPP);
	assert(range(d, VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0) ==
		VIRTIO_BLK_S_IOERR);
	assert(driver_request(d, VIRTIO_BLK_T_FLUSH, 0, 0, 0) == 0);
	assert(driver_request(d, VIRTIO_BLK_T_IN, 0, 0, 512) == 0);
	answer(s);
}

static void test_read_only(const char *dir)
{
	static const struct v2v_vhost_ops ops = { .read = scene_read };
	struct scene *s = scene_new(dir, refuse_writes);
	struct v2v_vhost_disk disk = {
		.size = DISK_SIZE, .ops = &ops, .opaque = s
	};
	int status;

	free(v2v_take(s->disk_path));
	assert(v2v_vhost_add(s->server, &disk, &s->disk_path, NULL) == 0);
	assert(scene_call(s, "x", 1, PATIENCE, &status, NULL, NULL) == 0);
	scene_free(s);
}

static void test_long_name(const char *dir)
{
	CLEANUP_FREE char *deep = v2v_format("%s/%0100d", dir, 1);
	struct v2v_vhost *server = v2v_vhost_new(deep);
	struct v2v_error err = { 0 };
	char *path = NULL;

	assert(v2v_vhost_add_mailbox(server, &path, &err) < 0 && !path);
	assert(strstr(err.text, "too long"));
	v2v_vhost_free(server);
}

int main(void)
{
	char dir[] = "/tmp/v2v-test-XXXXXX";

	assert(mkdtemp(dir));
	play(dir, test_features, NULL);
	play(dir, test_restart, NULL);
	play(dir, test_requests, NULL);
	play(dir, test_ranges, check_ranges);
	play(dir, test_errors, NULL);
	play(dir, test_framing, NULL);
	play(dir, test_many, NULL);
	play(dir, test_socket, NULL);
	test_calls(dir);
	test_calls_in_turn(dir);
	test_too_much(dir);
	test_read_only(dir);
	test_long_name(dir);
	/* No socket is left. */
	assert(rmdir(dir) == 0);
	return 0;
}
