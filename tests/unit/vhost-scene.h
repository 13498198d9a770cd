/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server with a disk in memory and a mailbox, and a kernel in a thread. */
#ifndef V2V_TEST_VHOST_SCENE_H
#define V2V_TEST_VHOST_SCENE_H

#include "vhost-driver.h"
#include "vhost/mailbox.h"
#include "vhost/vhost.h"

#include <pthread.h>

#define DISK_SIZE (4u << 20)
#define PATIENCE  120000 /* ms; nothing that works takes so long */

struct scene {
	struct v2v *v;
	struct v2v_vhost *server;
	char *mailbox_path, *disk_path;
	unsigned char disk[DISK_SIZE];
	struct v2v_text heard;	  /* "discard 4096 512\n" */
	struct driver *truncated; /* by the next read; or NULL */

	/* The kernel's side: connected by the play. */
	struct driver mailbox, driver;
	void (*play)(struct scene *s);
	int has_ended; /* atomically: the call */
};

static inline bool scene_has_ended(struct scene *s)
{
	return __atomic_load_n(&s->has_ended, __ATOMIC_SEQ_CST);
}

static inline int scene_read(void *opaque, uint64_t at, void *data, size_t size)
{
	struct scene *s = opaque;

	assert(size && size <= V2V_VHOST_PIECE && size % 512 == 0 &&
		at <= DISK_SIZE && size <= DISK_SIZE - at);
	if (s->truncated)
		assert(ftruncate(s->truncated->memory, 0) == 0);
	memcpy(data, s->disk + at, size);
	return at == 1 << 20 ? -1 : 0; /* a bad place */
}

static inline int scene_write(
	void *opaque, uint64_t at, const void *data, size_t size)
{
	struct scene *s = opaque;

	assert(size && size <= V2V_VHOST_PIECE && size % 512 == 0 &&
		at <= DISK_SIZE && size <= DISK_SIZE - at);
	memcpy(s->disk + at, data, size);
	return 0;
}

static inline int scene_discard(void *opaque, uint64_t at, uint64_t size)
{
	struct scene *s = opaque;

	v2v_text_addf(&s->heard, "discard %llu %llu\n", (unsigned long long)at,
		(unsigned long long)size);
	return 0;
}

static inline int scene_flush(void *opaque)
{
	struct scene *s = opaque;

	v2v_text_addf(&s->heard, "flush\n");
	return 0;
}

static const struct v2v_vhost_ops scene_ops = {
	.read = scene_read,
	.write = scene_write,
	.discard = scene_discard,
	.flush = scene_flush,
};

static inline struct scene *scene_new(
	const char *dir, void (*play)(struct scene *s))
{
	struct scene *s = v2v_alloc(1, sizeof *s);
	struct v2v_vhost_disk disk = { .size = DISK_SIZE,
		.serial = "disk-0",
		.ops = &scene_ops,
		.opaque = s };

	for (size_t i = 0; i < DISK_SIZE; i++)
		s->disk[i] = (unsigned char)(i * 7 + i / 512);
	s->v = v2v_new();
	s->play = play;
	s->server = v2v_vhost_new(dir);
	assert(v2v_vhost_add_mailbox(s->server, &s->mailbox_path, NULL) == 0);
	assert(v2v_vhost_add(s->server, &disk, &s->disk_path, NULL) == 0);
	return s;
}

static inline void scene_free(struct scene *s)
{
	v2v_vhost_free(s->server);
	v2v_free(s->v);
	v2v_text_clear(&s->heard);
	free(s->mailbox_path);
	free(s->disk_path);
	free(s);
}

static inline void *scene_thread(void *opaque)
{
	struct scene *s = opaque;

	s->play(s);
	return NULL;
}

/* One call, while the play is played.  With @patience ms. */
static inline int scene_call(struct scene *s, const char *request, size_t size,
	int patience, int *ret_status, struct v2v_text *ret_data,
	struct v2v_error *err)
{
	struct iovec io[2] = { { (void *)(uintptr_t)request, size / 2 },
		{ (char *)(uintptr_t)request + size / 2, size - size / 2 } };
	pthread_t thread;
	int r;

	assert(pthread_create(&thread, NULL, scene_thread, s) == 0);
	r = v2v_vhost_call(s->server, s->v, io, 2, v2v_vhost_now() + patience,
		NULL, NULL, ret_status, ret_data, err);
	__atomic_store_n(&s->has_ended, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	return r;
}

/* The mailbox, as the kernel's server uses it. */
static inline bool mailbox_read(struct driver *d, uint32_t at, uint32_t size)
{
	return driver_request(d, VIRTIO_BLK_T_IN, at / 512, 0, size) == 0;
}

static inline int mailbox_write(struct driver *d, uint32_t at, uint32_t size)
{
	return driver_request(d, VIRTIO_BLK_T_OUT, at / 512, size, 0);
}

/* With @more bytes behind it in the same write: what the map holds. */
static inline int mailbox_reply_with(struct driver *d, uint32_t sequence,
	int status, uint64_t length, uint32_t more)
{
	struct v2v_mailbox_reply r = { V2V_MAILBOX_IS_REPLY, sequence, status,
		0, length };

	memset(d->map + DATA, 0, V2V_MAILBOX_PAGE);
	memcpy(d->map + DATA, &r, sizeof r);
	return mailbox_write(d, V2V_MAILBOX_REPLY, V2V_MAILBOX_PAGE + more);
}

static inline int mailbox_reply(
	struct driver *d, uint32_t sequence, int status, uint64_t length)
{
	return mailbox_reply_with(d, sequence, status, length, 0);
}

/* Wait for a request, say "yes". */
static inline struct v2v_mailbox_request mailbox_hear(struct driver *d)
{
	struct v2v_mailbox_request q;

	assert(mailbox_read(d, 0, V2V_MAILBOX_BLOCK));
	memcpy(&q, d->map + DATA, sizeof q);
	assert(q.magic == V2V_MAILBOX_IS_REQUEST);
	return q;
}
#endif
