/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections to an NBD server. */
#include "disk/nbd.h"

#include "core/handle.h"
#include "core/open.h"

#include <libnbd.h>
#include <pthread.h>

#define MAX_CONNECTIONS 8
#define MAX_ZERO	(1ULL << 30) /* of one request, bytes */
#define MAX_STATUS	(1ULL << 31)
#define PAUSE_MS	100 /* how soon a wait is cancelled */

struct v2v_nbd {
	const struct v2v *v; /* borrowed */
	struct nbd_handle *all[MAX_CONNECTIONS];
	struct nbd_handle *idle[MAX_CONNECTIONS];
	unsigned count, idle_count;
	pthread_mutex_t lock;
	pthread_cond_t is_idle;
	uint64_t size;
	bool has_status, can_zero;
	/* Cancelled or broken with a reply still due, into memory that may be
	 * gone by then. */
	bool is_given_up;
};

static int failed(struct v2v_error *err)
{
	const char *why = nbd_get_error();

	return v2v_fail(err, "nbd", "%s", why ? why : "NBD failed");
}

/* Let the server answer for a while.  A server that does not must not keep who
 * cancels waiting. */
static int attend(
	const struct v2v_nbd *nbd, struct nbd_handle *h, struct v2v_error *err)
{
	if (v2v_check_cancel(nbd->v, err) < 0)
		return -1;
	if (nbd_poll(h, PAUSE_MS) < 0 && nbd_get_errno() != EINTR)
		return failed(err);
	return 0;
}

static int wait_connected(
	const struct v2v_nbd *nbd, struct nbd_handle *h, struct v2v_error *err)
{
	while (nbd_aio_is_connecting(h) == 1)
		if (attend(nbd, h, err) < 0)
			return -1;
	return nbd_aio_is_ready(h) == 1 ? 0 : failed(err);
}

static int connect_one(struct v2v_nbd *nbd, const char *uri, const char *socket,
	struct v2v_error *err)
{
	struct nbd_handle *h;

	v2v_occupy_standard();
	h = nbd_create();
	if (!h)
		return failed(err);
	nbd_add_meta_context(h, LIBNBD_CONTEXT_BASE_ALLOCATION);
	if ((socket ? nbd_aio_connect_unix(h, socket)
		    : nbd_aio_connect_uri(h, uri)) < 0) {
		failed(err);
		nbd_close(h);
		return -1;
	}
	if (wait_connected(nbd, h, err) < 0) {
		nbd_close(h);
		return -1;
	}
	nbd->all[nbd->count++] = h;
	nbd->idle[nbd->idle_count++] = h;
	return 0;
}

int v2v_nbd_open(const struct v2v *v, const char *uri, const char *socket,
	unsigned connections, struct v2v_nbd **ret_nbd, struct v2v_error *err)
{
	struct v2v_nbd *nbd = v2v_alloc(1, sizeof *nbd);
	int64_t size;

	nbd->v = v;
	pthread_mutex_init(&nbd->lock, NULL);
	pthread_cond_init(&nbd->is_idle, NULL);
	if (connections > MAX_CONNECTIONS)
		connections = MAX_CONNECTIONS;
	if (connect_one(nbd, uri, socket, err) < 0) {
		v2v_nbd_free(nbd);
		return -1;
	}
	size = nbd_get_size(nbd->all[0]);
	if (size < 0) {
		failed(err);
		v2v_nbd_free(nbd);
		return -1;
	}
	nbd->size = (uint64_t)size;
	nbd->has_status = nbd_can_meta_context(nbd->all[0],
				  LIBNBD_CONTEXT_BASE_ALLOCATION) == 1;
	nbd->can_zero = nbd_can_zero(nbd->all[0]) == 1;
	/* One less is not a failure: a server may count its clients. */
	if (nbd_can_multi_conn(nbd->all[0]) == 1)
		while (nbd->count < connections &&
			connect_one(nbd, uri, socket, NULL) == 0)
			;
	*ret_nbd = nbd;
	return 0;
}

static void say_goodbye(const struct v2v_nbd *nbd, struct nbd_handle *h)
{
	if (nbd_aio_is_ready(h) != 1 || nbd_aio_disconnect(h, 0) < 0)
		return;
	while (nbd_aio_is_closed(h) == 0 && nbd_aio_is_dead(h) == 0)
		if (attend(nbd, h, NULL) < 0)
			return;
}

void v2v_nbd_free(struct v2v_nbd *nbd)
{
	if (!nbd)
		return;
	for (unsigned i = 0; i < nbd->count; i++) {
		if (!nbd->is_given_up)
			say_goodbye(nbd, nbd->all[i]);
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

bool v2v_nbd_can_flush(const struct v2v_nbd *nbd)
{
	return nbd_can_flush(nbd->all[0]) == 1;
}

/* NULL and an error where there is no use any more. */
static struct nbd_handle *take(struct v2v_nbd *nbd, struct v2v_error *err)
{
	struct nbd_handle *h = NULL;

	pthread_mutex_lock(&nbd->lock);
	while (!nbd->idle_count && !nbd->is_given_up)
		pthread_cond_wait(&nbd->is_idle, &nbd->lock);
	if (!nbd->is_given_up)
		h = nbd->idle[--nbd->idle_count];
	pthread_mutex_unlock(&nbd->lock);
	if (!h && v2v_check_cancel(nbd->v, err) == 0)
		v2v_fail(err, "nbd", "the connection is gone");
	return h;
}

static void give_back(struct v2v_nbd *nbd, struct nbd_handle *h)
{
	pthread_mutex_lock(&nbd->lock);
	nbd->idle[nbd->idle_count++] = h;
	pthread_cond_signal(&nbd->is_idle);
	pthread_mutex_unlock(&nbd->lock);
}

/* From now on nobody gets a connection, and none is attended to. */
static void give_up(struct v2v_nbd *nbd)
{
	pthread_mutex_lock(&nbd->lock);
	nbd->is_given_up = true;
	pthread_cond_broadcast(&nbd->is_idle);
	pthread_mutex_unlock(&nbd->lock);
}

/* Wait for the request @cookie; negative: it could not be made. */
static int wait_for(struct v2v_nbd *nbd, struct nbd_handle *h, int64_t cookie,
	struct v2v_error *err)
{
	int done;

	if (cookie < 0)
		return failed(err);
	while (!(done = nbd_aio_command_completed(h, (uint64_t)cookie)))
		if (attend(nbd, h, err) < 0) {
			give_up(nbd);
			return -1;
		}
	return done < 0 ? failed(err) : 0;
}

/* The same on a connection that take() gave, and give it back. */
static int finish(struct v2v_nbd *nbd, struct nbd_handle *h, int64_t cookie,
	struct v2v_error *err)
{
	int status = wait_for(nbd, h, cookie, err);

	give_back(nbd, h);
	return status;
}

int v2v_nbd_read(struct v2v_nbd *nbd, void *data, size_t size, uint64_t at,
	struct v2v_error *err)
{
	nbd_completion_callback none = { 0 };
	struct nbd_handle *h = take(nbd, err);

	if (!h)
		return -1;
	return finish(nbd, h, nbd_aio_pread(h, data, size, at, none, 0), err);
}

int v2v_nbd_write(struct v2v_nbd *nbd, const void *data, size_t size,
	uint64_t at, struct v2v_error *err)
{
	nbd_completion_callback none = { 0 };
	struct nbd_handle *h = take(nbd, err);

	if (!h)
		return -1;
	return finish(nbd, h, nbd_aio_pwrite(h, data, size, at, none, 0), err);
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
	nbd_completion_callback none = { 0 };
	uint64_t n = size < MAX_ZERO ? size : MAX_ZERO;
	struct nbd_handle *h;

	if (!nbd->can_zero)
		return write_zeros(nbd, size, at, err);
	for (; size; size -= n, at += n) {
		n = size < MAX_ZERO ? size : MAX_ZERO;
		h = take(nbd, err);
		if (!h || finish(nbd, h, nbd_aio_zero(h, n, at, none, 0), err) <
				  0)
			return -1;
	}
	return 0;
}

int v2v_nbd_flush(struct v2v_nbd *nbd, struct v2v_error *err)
{
	nbd_completion_callback none = { 0 };
	struct nbd_handle *h;

	if (!v2v_nbd_can_flush(nbd))
		return 0;
	/* There are several only where the server can have several writers: one
	 * flush is then of them all (NBD_FLAG_CAN_MULTI_CONN). */
	h = take(nbd, err);
	return h ? finish(nbd, h, nbd_aio_flush(h, none, 0), err) : -1;
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
	nbd_completion_callback none = { 0 };
	struct nbd_handle *h;

	*ret_is_zero = false;
	*ret_length = limit - at;
	if (!nbd->has_status)
		return 0;
	h = take(nbd, err);
	if (!h || finish(nbd, h, nbd_aio_block_status(h, n, at, call, none, 0),
			  err) < 0)
		return -1;
	if (!answer.is_there || !answer.length)
		return v2v_fail(err, "nbd", "the server's map has no end");
	*ret_is_zero = answer.is_zero;
	if (answer.length < *ret_length)
		*ret_length = answer.length;
	return 0;
}
