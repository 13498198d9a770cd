/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in chunks or compressed, unpacked into one file. */
#include "core/file.h"
#include "core/open.h"
#include "unpack/packed.h"
#include "unpack/place-private.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#define CHUNK (1 << 20)

/* How many of @size bytes at @at are a hole of the file: zeros that need no
 * reading, of which a small file may have any number. */
static uint64_t hole_at(int fd, uint64_t at, uint64_t size)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? size : 0;
	return (uint64_t)data - at < size ? (uint64_t)data - at : size;
}

static int copy_chunk(struct v2v *v, int from, const char *from_name,
	uint64_t from_at, size_t n, int to, const char *to_name, uint64_t to_at,
	char *chunk, struct v2v_error *err)
{
	if (v2v_check_cancel(v, err) < 0 ||
		v2v_pread_all(from, from_name, chunk, n, from_at, err) < 0)
		return -1;
	return v2v_pwrite_sparse(to, to_name, chunk, n, to_at, err);
}

int v2v_place_copy(struct v2v *v, int from, const char *from_name,
	uint64_t from_at, uint64_t size, int to, const char *to_name,
	uint64_t to_at, struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);

	while (size) {
		uint64_t n = hole_at(from, from_at, size);

		if (!n) {
			n = size < CHUNK ? size : CHUNK;
			if (copy_chunk(v, from, from_name, from_at, n, to,
				    to_name, to_at, chunk, err) < 0)
				return -1;
		}
		from_at += n;
		to_at += n;
		size -= n;
	}
	return 0;
}

/* The pieces as one stream. */
struct reader {
	const struct v2v_pieces *pieces;
	size_t piece;
	uint64_t at; /* in the piece */
	int fd;	     /* of the piece; -1 */
	char *chunk;
};

static ssize_t read_pieces(
	void *opaque, const void **ret_data, struct v2v_error *err)
{
	struct reader *r = opaque;

	*ret_data = r->chunk;
	while (r->piece < r->pieces->count) {
		const struct v2v_ova_member *m = r->pieces->items[r->piece];
		uint64_t left = m->size - r->at;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		if (r->fd < 0)
			r->fd = v2v_open_regular(m->file, NULL, err);
		if (r->fd < 0 || v2v_pread_all(r->fd, m->file, r->chunk, n,
					 m->offset + r->at, err) < 0)
			return -1;
		r->at += n;
		if (n)
			return (ssize_t)n;
		close(r->fd);
		r->fd = -1;
		r->at = 0;
		r->piece++;
	}
	return 0;
}

static int check_block(const struct v2v_descriptor_disk *said, const char *name,
	const char *data, size_t size, uint64_t at, struct v2v_error *err)
{
	/* No need to unpack all of what is not one. */
	if (at == 0 && v2v_streq(said->format, "vmdk") &&
		(size < 4 || memcmp(data, "KDMV", 4) != 0))
		return v2v_fail(err, "image-format",
			"'%s' is not a VMDK, as the descriptor says", name);
	if (at + size > v2v_place_max(said->capacity))
		return v2v_fail(err, "ova-limit",
			"'%s' unpacks to more than its disk of %lld bytes can "
			"be",
			name, (long long)said->capacity);
	return 0;
}

static int inflate_all(struct v2v *v, struct v2v_packed *packed,
	const struct v2v_pieces *pieces, const struct v2v_descriptor_disk *said,
	int fd, const char *file, struct v2v_error *err)
{
	const char *name = pieces->items[0]->name;
	const void *data;
	uint64_t at = 0;
	ssize_t n;

	while ((n = v2v_packed_read(packed, &data, err)) > 0) {
		if (v2v_check_cancel(v, err) < 0 ||
			check_block(said, name, data, (size_t)n, at, err) < 0 ||
			v2v_pwrite_sparse(fd, file, data, (size_t)n, at, err) <
				0)
			return -1;
		at += (uint64_t)n;
	}
	if (n < 0)
		return -1;
	if (ftruncate(fd, (off_t)at) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", file);
	return 0;
}

static int inflate_pieces(struct v2v *v, const struct v2v_pieces *pieces,
	const struct v2v_descriptor_disk *said, int fd, const char *file,
	struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);
	struct reader reader = { pieces, 0, 0, -1, chunk };
	const struct v2v_packed_source source = { read_pieces, &reader,
		pieces->items[0]->name };
	struct v2v_packed *packed CLEANUP_PACKED =
		v2v_packed_open(v, &source, err);
	int status = -1;

	if (packed && !v2v_packed_is_gzip(packed))
		status = v2v_fail(err, "ova-broken",
			"'%s' is not compressed with gzip, as the descriptor "
			"says",
			pieces->items[0]->name);
	else if (packed)
		status = inflate_all(v, packed, pieces, said, fd, file, err);
	if (reader.fd >= 0)
		close(reader.fd);
	return status;
}

static int join_pieces(struct v2v *v, const struct v2v_pieces *pieces, int fd,
	const char *file, struct v2v_error *err)
{
	uint64_t at = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		const struct v2v_ova_member *m = pieces->items[i];
		CLEANUP_CLOSE int from = v2v_open_regular(m->file, NULL, err);

		if (from < 0 || v2v_place_copy(v, from, m->file, m->offset,
					m->size, fd, file, at, err) < 0)
			return -1;
		at += m->size;
	}
	if (ftruncate(fd, (off_t)at) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", file);
	return 0;
}

static int check_sizes(const struct v2v_pieces *pieces,
	const struct v2v_descriptor_disk *said, int fd, struct v2v_error *err)
{
	uint64_t sum = 0;
	struct statvfs fs;

	for (size_t i = 0; i < pieces->count; i++)
		if (__builtin_add_overflow(sum, pieces->items[i]->size, &sum))
			return v2v_fail(err, "ova-limit", "too many chunks");
	if (pieces->count > 1 && said->file_size >= 0 &&
		sum != (uint64_t)said->file_size)
		return v2v_fail(err, "ova-truncated",
			"the chunks of '%s' have %llu bytes, the descriptor "
			"says %lld",
			said->href, (unsigned long long)sum,
			(long long)said->file_size);
	if (sum > v2v_place_max(said->capacity))
		return v2v_fail(err, "ova-limit",
			"'%s' is larger than its disk of %lld bytes can be",
			pieces->items[0]->name, (long long)said->capacity);
	if (fstatvfs(fd, &fs) == 0 && sum > (uint64_t)fs.f_bavail * fs.f_frsize)
		return v2v_fail(err, "no-space",
			"no room to unpack '%s': it needs %llu bytes",
			pieces->items[0]->name, (unsigned long long)sum);
	return 0;
}

int v2v_place_join(struct v2v *v, const struct v2v_pieces *pieces,
	const struct v2v_descriptor_disk *said, const char *file,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(file, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", file);
	if (check_sizes(pieces, said, fd, err) < 0)
		return -1;
	return said->gzip ? inflate_pieces(v, pieces, said, fd, file, err)
			  : join_pieces(v, pieces, fd, file, err);
}
