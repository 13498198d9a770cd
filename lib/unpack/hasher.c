/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A ring of chunks between the reader and the thread that hashes. */
#include "unpack/hasher.h"

#include "core/digest.h"

#include <pthread.h>

#define CHUNK  (256 << 10)
#define CHUNKS 8

struct v2v_hasher {
	struct v2v_digest *digests[V2V_SHA_COUNT]; /* NULL: not asked for */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t filled,
		done; /* chunks since the start; filled - done <= CHUNKS */
	bool ended, joined;
	size_t sizes[CHUNKS];
	unsigned char *chunks; /* CHUNKS of CHUNK bytes */
};

static const char *const names[V2V_SHA_COUNT] = { "SHA1", "SHA256", "SHA512",
	"SHA384" };

const char *v2v_digest_name(unsigned algorithm)
{
	return names[__builtin_ctz(algorithm)];
}

const char *v2v_digest_get(
	const struct v2v_digests *digests, unsigned algorithm)
{
	return digests->hex[__builtin_ctz(algorithm)];
}

void v2v_digests_clear(struct v2v_digests *digests)
{
	for (size_t i = 0; i < V2V_SHA_COUNT; i++)
		free(digests->hex[i]);
	*digests = (struct v2v_digests){ { NULL } };
}

static void hash_chunk(struct v2v_hasher *h, size_t slot)
{
	for (size_t i = 0; i < V2V_SHA_COUNT; i++)
		if (h->digests[i])
			v2v_digest_add(h->digests[i], h->chunks + slot * CHUNK,
				h->sizes[slot]);
}

static void *work(void *opaque)
{
	struct v2v_hasher *h = opaque;

	pthread_mutex_lock(&h->lock);
	for (;;) {
		while (h->done == h->filled && !h->ended)
			pthread_cond_wait(&h->changed, &h->lock);
		if (h->done == h->filled)
			break;
		pthread_mutex_unlock(&h->lock);
		hash_chunk(h, h->done % CHUNKS);
		pthread_mutex_lock(&h->lock);
		h->done++;
		pthread_cond_broadcast(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct v2v_hasher *v2v_hasher_new(unsigned algorithms, struct v2v_error *err)
{
	struct v2v_hasher *h = v2v_alloc(1, sizeof *h);
	int status;

	h->chunks = v2v_alloc(CHUNKS, CHUNK);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	for (size_t i = 0; i < V2V_SHA_COUNT; i++)
		if (algorithms & 1U << i)
			h->digests[i] = v2v_digest_new(names[i]);
	status = pthread_create(&h->thread, NULL, work, h);
	if (status) {
		errno = status;
		h->joined = true;
		v2v_hasher_free(h);
		v2v_fail_errno(err, "cannot start a thread");
		return NULL;
	}
	return h;
}

static void add_chunk(struct v2v_hasher *h, const void *data, size_t size)
{
	size_t slot;

	pthread_mutex_lock(&h->lock);
	while (h->filled - h->done == CHUNKS)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	/* The thread does not look at a slot before it counts as filled. */
	slot = h->filled % CHUNKS;
	memcpy(h->chunks + slot * CHUNK, data, size);
	h->sizes[slot] = size;
	pthread_mutex_lock(&h->lock);
	h->filled++;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void v2v_hasher_add(struct v2v_hasher *h, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	while (size) {
		size_t n = size < CHUNK ? size : CHUNK;

		add_chunk(h, bytes, n);
		bytes += n;
		size -= n;
	}
}

static void finish(struct v2v_hasher *h)
{
	if (h->joined)
		return;
	pthread_mutex_lock(&h->lock);
	h->ended = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->joined = true;
}

void v2v_hasher_end(struct v2v_hasher *h, struct v2v_digests *ret)
{
	finish(h);
	for (size_t i = 0; i < V2V_SHA_COUNT; i++) {
		if (!h->digests[i])
			continue;
		free(ret->hex[i]);
		ret->hex[i] = v2v_digest_end(v2v_take(h->digests[i]));
	}
}

void v2v_hasher_free(struct v2v_hasher *h)
{
	if (!h)
		return;
	finish(h);
	for (size_t i = 0; i < V2V_SHA_COUNT; i++)
		v2v_digest_free(h->digests[i]);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h->chunks);
	free(h);
}
