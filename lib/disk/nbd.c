/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections to an NBD server. */
#include "disk/nbd.h"

#include <libnbd.h>
#include <pthread.h>

#define MAX_CONNECTIONS 8
#define MAX_ZERO	(1ULL << 30) /* of one request, bytes */
#define MAX_STATUS	(1ULL << 31)

struct v2v_nbd {
	struct nbd_handle *all[MAX_CONNECTIONS];
	struct nbd_handle *idle[MAX_CONNECTIONS];
	unsigned count, idle_count;
	pthread_mutex_t lock;
	pthread_cond_t is_idle;
	uint64_t size;
	bool has_status, can_zero;
};

static int failed(struct v2v_error *err)
{
	const char *why = nbd_get_error();

	return v2v_fail(err, "nbd", "%s", why ? why : "NBD failed");
}

static int connect_one(struct v2v_nbd *nbd, const char *uri, const char *socket,
	struct v2v_error *err)
{
	struct nbd_handle *h = nbd_create();

	if (!h)
		return failed(err);
	nbd_add_meta_context(h, LIBNBD_CONTEXT_BASE_ALLOCATION);
	if ((socket ? nbd_connect_unix(h, socket) : nbd_connect_uri(h, uri)) <
		0) {
		failed(err);
		nbd_close(h);
		return -1;
	}
	nbd->all[nbd->count++] = h;
	nbd->idle[nbd->idle_count++] = h;
	return 0;
}

int v2v_nbd_open(const char *uri, const char *socket, unsigned connections,
	struct v2v_nbd **ret_nbd, struct v2v_error *err)
{
	struct v2v_nbd *nbd = v2v_alloc(1, sizeof *nbd);
	int64_t size;

	pthread_mutex_init(&nbd->lock, NULL);
	pthread_cond_init(&nbd->is_idle, NULL);
	if (connections > MAX_CONNECTIONS)
		connections = MAX_CONNECTIONS;
	if (connect_one(nbd, uri, socket, err) < 0 ||
		(size = nbd_get_size(nbd->all[0])) < 0) {
		v2v_nbd_free(nbd);
		return failed(err);
	}
	nbd->size = (uint64_t)size;
	nbd->has_status = nbd_can_meta_context(nbd->all[0],
				  LIBNBD_CONTEXT_BASE_ALLOCATION) == 1;
	nbd->can_zero = nbd_can_zero(nbd->all[0]) == 1;
	/* One less is no failure: a server may count its clients. */
	if (nbd_can_multi_conn(nbd->all[0]) == 1)
		while (nbd->count < connections &&
			connect_one(nbd, uri, socket, NULL) == 0)
			;
	*ret_nbd = nbd;
	return 0;
}

void v2v_nbd_free(struct v2v_nbd *nbd)
{
	if (!nbd)
		return;
	for (unsigned i = 0; i < nbd->count; i++) {
		nbd_shutdown(nbd->all[i], 0);
		nbd_close(nbd->all[i]);
	}
	pthread_mutex_destroy(&nbd->lock);
	pthread_cond_destroy(&nbd->is_idle);
	free(nbd);
}

uint64_t v2v_nbd_size(const struct v2v_nbd *nbd)
{
	return nbd->size;
}

bool v2v_nbd_is_read_only(const struct v2v_nbd *nbd)
{
	return nbd_is_read_only(nbd->all[0]) != 0;
}

static struct nbd_handle *take(struct v2v_nbd *nbd)
{
	struct nbd_handle *h;

	pthread_mutex_lock(&nbd->lock);
	while (!nbd->idle_count)
		pthread_cond_wait(&nbd->is_idle, &nbd->lock);
	h = nbd->idle[--nbd->idle_count];
	pthread_mutex_unlock(&nbd->lock);
	return h;
}

/* And say how it went: @status is libnbd's. */
static int give_back(struct v2v_nbd *nbd, struct nbd_handle *h, int status,
	struct v2v_error *err)
{
	if (status < 0)
		failed(err);
	pthread_mutex_lock(&nbd->lock);
	nbd->idle[nbd->idle_count++] = h;
	pthread_cond_signal(&nbd->is_idle);
	pthread_mutex_unlock(&nbd->lock);
	return status < 0 ? -1 : 0;
}

int v2v_nbd_read(struct v2v_nbd *nbd, void *data, size_t size, uint64_t at,
	struct v2v_error *err)
{
	struct nbd_handle *h = take(nbd);

	return give_back(nbd, h, nbd_pread(h, data, size, at, 0), err);
}

int v2v_nbd_write(struct v2v_nbd *nbd, const void *data, size_t size,
	uint64_t at, struct v2v_error *err)
{
	struct nbd_handle *h = take(nbd);

	return give_back(nbd, h, nbd_pwrite(h, data, size, at, 0), err);
}

static int write_zeros(
	struct v2v_nbd *nbd, uint64_t size, uint64_t at, struct v2v_error *err)
{
	static const char zeros[65536];

	while (size) {
		size_t n = size < sizeof zeros ? size : sizeof zeros;

		if (v2v_nbd_write(nbd, zeros, n, at, err) < 0)
			return -1;
		at += n;
		size -= n;
	}
	return 0;
}

int v2v_nbd_zero(
	struct v2v_nbd *nbd, uint64_t size, uint64_t at, struct v2v_error *err)
{
	uint64_t n = size < MAX_ZERO ? size : MAX_ZERO;
	struct nbd_handle *h;

	if (!nbd->can_zero)
		return write_zeros(nbd, size, at, err);
	for (; size; size -= n, at += n) {
		n = size < MAX_ZERO ? size : MAX_ZERO;
		h = take(nbd);
		if (give_back(nbd, h, nbd_zero(h, n, at, 0), err) < 0)
			return -1;
	}
	return 0;
}

int v2v_nbd_flush(struct v2v_nbd *nbd, struct v2v_error *err)
{
	for (unsigned i = 0; i < nbd->count; i++)
		if (nbd_can_flush(nbd->all[i]) == 1 &&
			nbd_flush(nbd->all[i], 0) < 0)
			return failed(err);
	return 0;
}

/* The first kind of the answer, and how far it goes. */
struct answer {
	bool is_there, is_zero;
	uint64_t length;
};

static int on_status(void *opaque, const char *context, uint64_t at,
	uint32_t *entries, size_t count, int *error)
{
	struct answer *answer = opaque;

	(void)at;
	(void)error;
	if (strcmp(context, LIBNBD_CONTEXT_BASE_ALLOCATION) != 0)
		return 0;
	for (size_t i = 0; i + 1 < count; i += 2) {
		bool is_zero = entries[i + 1] & LIBNBD_STATE_ZERO;

		if (answer->is_there && is_zero != answer->is_zero)
			break;
		answer->is_there = true;
		answer->is_zero = is_zero;
		answer->length += entries[i];
	}
	return 0;
}

int v2v_nbd_status(struct v2v_nbd *nbd, uint64_t at, uint64_t limit,
	bool *ret_is_zero, uint64_t *ret_length, struct v2v_error *err)
{
	uint64_t n = limit - at < MAX_STATUS ? limit - at : MAX_STATUS;
	struct answer answer = { 0 };
	nbd_extent_callback call = { .callback = on_status,
		.user_data = &answer };
	struct nbd_handle *h;

	*ret_is_zero = false;
	*ret_length = limit - at;
	if (!nbd->has_status)
		return 0;
	h = take(nbd);
	if (give_back(nbd, h, nbd_block_status(h, n, at, call, 0), err) < 0)
		return -1;
	if (!answer.is_there || !answer.length)
		return v2v_fail(err, "nbd", "the server's map has no end");
	*ret_is_zero = answer.is_zero;
	if (answer.length < *ret_length)
		*ret_length = answer.length;
	return 0;
}
