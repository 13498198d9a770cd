/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in chunks or compressed, unpacked into one file. */
#include "core/file.h"
#include "unpack/place-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/statvfs.h>

#define CHUNK (1 << 20)

int v2v_place_copy(struct v2v *v, int from, const char *from_name,
	uint64_t from_at, uint64_t size, int to, const char *to_name,
	uint64_t to_at, struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);

	while (size) {
		size_t n = size < CHUNK ? (size_t)size : CHUNK;

		if (v2v_check_cancel(v, err) < 0 ||
			v2v_pread_all(from, from_name, chunk, n, from_at, err) <
				0 ||
			v2v_pwrite_sparse(to, to_name, chunk, n, to_at, err) <
				0)
			return -1;
		from_at += n;
		to_at += n;
		size -= n;
	}
	return 0;
}

/* The pieces as one stream for libarchive. */
struct reader {
	const struct v2v_pieces *pieces;
	size_t piece;
	uint64_t at; /* in the piece */
	int fd;	     /* of the piece; -1 */
	char *chunk;
	struct v2v_error *err;
};

static la_ssize_t read_pieces(
	struct archive *archive, void *opaque, const void **ret_data)
{
	struct reader *r = opaque;

	(void)archive;
	*ret_data = r->chunk;
	while (r->piece < r->pieces->count) {
		const struct v2v_ova_member *m = r->pieces->items[r->piece];
		uint64_t left = m->size - r->at;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		if (r->fd < 0)
			r->fd = v2v_open_regular(m->file, NULL, r->err);
		if (r->fd < 0 || v2v_pread_all(r->fd, m->file, r->chunk, n,
					 m->offset + r->at, r->err) < 0)
			return -1;
		r->at += n;
		if (n)
			return (la_ssize_t)n;
		close(r->fd);
		r->fd = -1;
		r->at = 0;
		r->piece++;
	}
	return 0;
}

static int check_block(const struct v2v_ovf_disk *said, const char *name,
	const char *data, size_t size, uint64_t at, struct v2v_error *err)
{
	/* No need to unpack all of what is none. */
	if (at == 0 && v2v_streq(said->format, "vmdk") &&
		(size < 4 || memcmp(data, "KDMV", 4) != 0))
		return v2v_fail(err, "image-format",
			"'%s' is no VMDK, as the OVF says", name);
	if (at + size > v2v_place_max(said->capacity))
		return v2v_fail(err, "ova-limit",
			"'%s' unpacks to more than its disk of %lld bytes can "
			"be",
			name, (long long)said->capacity);
	return 0;
}

static int inflate_all(struct v2v *v, struct archive *archive,
	const struct v2v_pieces *pieces, const struct v2v_ovf_disk *said,
	int fd, const char *file, struct v2v_error *err)
{
	const char *name = pieces->items[0]->name;
	uint64_t end = 0;
	const void *data;
	size_t size;
	int64_t at;
	int status;

	while ((status = archive_read_data_block(archive, &data, &size, &at)) ==
		ARCHIVE_OK) {
		if (v2v_check_cancel(v, err) < 0 ||
			check_block(said, name, data, size, (uint64_t)at, err) <
				0 ||
			v2v_pwrite_sparse(
				fd, file, data, size, (uint64_t)at, err) < 0)
			return -1;
		end = (uint64_t)at + size;
	}
	if (status != ARCHIVE_EOF)
		return v2v_fail(err, "ova-broken",
			"'%s' cannot be decompressed: %s", name,
			archive_error_string(archive));
	if (ftruncate(fd, (off_t)end) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", file);
	return 0;
}

static int inflate_pieces(struct v2v *v, const struct v2v_pieces *pieces,
	const struct v2v_ovf_disk *said, int fd, const char *file,
	struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);
	struct reader reader = { pieces, 0, 0, -1, chunk, err };
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int status;

	archive_read_support_format_raw(archive);
	archive_read_support_filter_gzip(archive);
	if (archive_read_open(archive, &reader, NULL, read_pieces, NULL) !=
			ARCHIVE_OK ||
		archive_read_next_header(archive, &entry) != ARCHIVE_OK ||
		archive_filter_count(archive) != 2 ||
		archive_filter_code(archive, 0) != ARCHIVE_FILTER_GZIP)
		status = v2v_fail(err, "ova-broken",
			"'%s' is not compressed with gzip, as the OVF says",
			pieces->items[0]->name);
	else
		status = inflate_all(v, archive, pieces, said, fd, file, err);
	archive_read_free(archive);
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
	const struct v2v_ovf_disk *said, int fd, struct v2v_error *err)
{
	uint64_t sum = 0;
	struct statvfs fs;

	for (size_t i = 0; i < pieces->count; i++)
		if (__builtin_add_overflow(sum, pieces->items[i]->size, &sum))
			return v2v_fail(err, "ova-limit", "too many chunks");
	if (pieces->count > 1 && said->file_size >= 0 &&
		sum != (uint64_t)said->file_size)
		return v2v_fail(err, "ova-truncated",
			"the chunks of '%s' have %llu bytes, the OVF says %lld",
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
	const struct v2v_ovf_disk *said, const char *file,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd =
		open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", file);
	if (check_sizes(pieces, said, fd, err) < 0)
		return -1;
	return said->gzip ? inflate_pieces(v, pieces, said, fd, file, err)
			  : join_pieces(v, pieces, fd, file, err);
}
