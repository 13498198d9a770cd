/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk's bytes in their order. */
#include "copy/ordered.h"

#include "core/digest.h"
#include "core/open.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#define ZEROS	(1ULL << 18)
#define WAIT_MS 100

struct v2v_ordered {
	struct v2v_digest *sha; /* NULL: none */
	int fd, own;		/* the stream, and what we opened; -1 */
	bool has_holes;		/* a file that zeros are left out of */
	const int *stop;
};

static bool is_stopped(const struct v2v_ordered *o)
{
	return __atomic_load_n(o->stop, __ATOMIC_RELAXED);
}

/* A new file whose end we are at: zeros need not be written. */
static bool can_skip(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flags >= 0 &&
	       !(flags & O_APPEND) && lseek(fd, 0, SEEK_CUR) >= st.st_size;
}

/* A write to a pipe that nobody reads must not keep us.  The flag is the open
 * file's, which others may share; opened again, it is ours alone. */
static int open_pipe(int fd)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return -1;
	return v2v_open(name, O_WRONLY | O_NONBLOCK, 0);
}

struct v2v_ordered *v2v_ordered_new(bool hash, int fd, const int *stop)
{
	struct v2v_ordered *o = v2v_alloc(1, sizeof *o);

	*o = (struct v2v_ordered){ NULL, fd, -1, false, stop };
	if (hash)
		o->sha = v2v_digest_new("SHA256");
	if (fd < 0)
		return o;
	o->has_holes = can_skip(fd);
	o->own = open_pipe(fd);
	if (o->own >= 0)
		o->fd = o->own;
	return o;
}

void v2v_ordered_free(struct v2v_ordered *o)
{
	if (!o)
		return;
	v2v_digest_free(o->sha);
	v2v_cleanup_close(&o->own);
	free(o);
}

static int stream(struct v2v_ordered *o, const unsigned char *data,
	uint64_t size, struct v2v_error *err)
{
	while (size && !is_stopped(o)) {
		struct pollfd ready = { .fd = o->fd, .events = POLLOUT };
		ssize_t n = write(o->fd, data, size);

		if (n < 0 && errno == EAGAIN)
			poll(&ready, 1, WAIT_MS);
		else if (n < 0 && errno != EINTR)
			return v2v_fail_errno(
				err, "cannot write to standard output");
		if (n < 0)
			continue;
		data += n;
		size -= (uint64_t)n;
	}
	return 0;
}

static int add(struct v2v_ordered *o, const unsigned char *data, uint64_t size,
	struct v2v_error *err)
{
	if (o->sha)
		v2v_digest_add(o->sha, data, size);
	return o->fd < 0 ? 0 : stream(o, data, size, err);
}

static int add_zeros(
	struct v2v_ordered *o, uint64_t size, struct v2v_error *err)
{
	static const unsigned char zeros[ZEROS];
	uint64_t n;

	if (o->has_holes && size && lseek(o->fd, (off_t)size, SEEK_CUR) < 0)
		return v2v_fail_errno(err, "cannot write to standard output");
	if (!o->sha && (o->fd < 0 || o->has_holes))
		return 0;
	for (; size && !is_stopped(o); size -= n) {
		n = size < ZEROS ? size : ZEROS;
		if (o->sha)
			v2v_digest_add(o->sha, zeros, n);
		if (o->fd >= 0 && !o->has_holes && stream(o, zeros, n, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_ordered_add(struct v2v_ordered *o, const struct v2v_batch *batch,
	struct v2v_error *err)
{
	struct v2v_stretch stretch = { 0 };
	uint64_t at = batch->from;
	bool more;

	do {
		more = v2v_batch_next(batch, &stretch);
		if (add_zeros(o, stretch.at - at, err) < 0 ||
			(more && add(o, stretch.data, stretch.length, err) < 0))
			return -1;
		at = stretch.at + stretch.length;
	} while (more);
	return 0;
}

int v2v_ordered_end(
	struct v2v_ordered *o, char **ret_sha256, struct v2v_error *err)
{
	if (o->has_holes && ftruncate(o->fd, lseek(o->fd, 0, SEEK_CUR)) < 0)
		return v2v_fail_errno(err, "cannot write to standard output");
	*ret_sha256 = o->sha ? v2v_digest_end(v2v_take(o->sha)) : NULL;
	return 0;
}
