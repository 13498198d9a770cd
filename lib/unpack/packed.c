/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed streams: gzip by zlib, the others by libarchive's filters, which
 * check the sums that are in them. */
#include "unpack/packed.h"

#include "unpack/container.h"
#include "unpack/gunzip.h"

#include <archive.h>
#include <archive_entry.h>

#define BLOCK	   (64 << 10)
#define GZIP_MAGIC 0x1f

struct v2v_packed {
	struct v2v *v;
	struct v2v_packed_source source;
	struct v2v_gunzip *gunzip; /* else: */
	struct archive *archive;
	struct v2v_error failed; /* in libarchive's callback */
	const void *held;	 /* taken to look at it, not lent yet */
	size_t held_size;
	uint64_t lent, not_zero; /* bytes; those up to the last not zero */
	bool begun, ended;
	bool allows_rest, has_rest; /* behind the stream */
	int fd;			    /* of v2v_packed_open_fd() */
	char block[BLOCK];
};

static int fail(const void *opaque, const char *why, struct v2v_error *err)
{
	const struct v2v_packed *p = opaque;

	return v2v_fail(err, "ova-broken", "'%s' is damaged or cut off: %s",
		p->source.name, why);
}

static uint64_t end_of_data(const unsigned char *data, size_t size)
{
	while (size && !data[size - 1])
		size--;
	return size;
}

/* Lend the next compressed bytes. */
static ssize_t take_input(
	void *opaque, const void **ret_data, struct v2v_error *err)
{
	struct v2v_packed *p = opaque;
	ssize_t n = (ssize_t)p->held_size;
	uint64_t end;

	*ret_data = p->held;
	p->held_size = 0;
	if (n)
		return n;
	/* Input may go on and on without giving any output. */
	if (v2v_check_cancel(p->v, err) < 0)
		return -1;
	n = p->source.read(p->source.opaque, ret_data, err);
	if (n <= 0)
		return n;
	end = end_of_data(*ret_data, (size_t)n);
	if (end)
		p->not_zero = p->lent + end;
	p->lent += (uint64_t)n;
	return n;
}

/* What follows the @used bytes of the stream. */
static int check_rest(
	struct v2v_packed *p, uint64_t used, struct v2v_error *err)
{
	const void *data;
	ssize_t n;

	while ((n = take_input(p, &data, err)) > 0)
		;
	if (n < 0)
		return -1;
	p->has_rest = p->not_zero > used;
	return !p->has_rest || p->allows_rest
		       ? 0
		       : fail(p,
				 "what follows its compressed data is "
				 "something else",
				 err);
}

static la_ssize_t on_read(
	struct archive *archive, void *opaque, const void **ret_data)
{
	struct v2v_packed *p = opaque;
	ssize_t n = take_input(p, ret_data, &p->failed);

	if (n < 0)
		archive_set_error(archive, EIO, "%s", p->failed.text);
	return n;
}

static int fail_archive(const struct v2v_packed *p, struct v2v_error *err)
{
	const char *why = archive_error_string(p->archive);

	if (p->failed.code)
		return v2v_fail(err, p->failed.code, "%s", p->failed.text);
	return fail(p, why ? why : "not a compressed file", err);
}

static int open_archive(struct v2v_packed *p, struct v2v_error *err)
{
	struct archive_entry *entry;

	p->archive = archive_read_new();
	archive_read_support_format_raw(p->archive);
	archive_read_support_filter_bzip2(p->archive);
	archive_read_support_filter_xz(p->archive);
	archive_read_support_filter_zstd(p->archive);
	if (archive_read_open(p->archive, p, NULL, on_read, NULL) !=
			ARCHIVE_OK ||
		archive_read_next_header(p->archive, &entry) != ARCHIVE_OK)
		return fail_archive(p, err);
	if (archive_filter_count(p->archive) < 2)
		return fail(p, "not a compressed file", err);
	if (archive_filter_count(p->archive) > 2)
		return v2v_fail(err, "ova-broken",
			"'%s' is compressed more than once", p->source.name);
	return 0;
}

static struct v2v_packed *begin(struct v2v_packed *p, struct v2v_error *err)
{
	const struct v2v_gunzip_input input = { take_input, fail, p };
	ssize_t n = take_input(p, &p->held, err);
	int status = n < 0 ? -1 : 0;

	p->held_size = n > 0 ? (size_t)n : 0;
	if (n > 0 && *(const unsigned char *)p->held == GZIP_MAGIC)
		p->gunzip = v2v_gunzip_new(&input);
	else if (status == 0)
		status = open_archive(p, err);
	if (status == 0)
		return p;
	v2v_packed_free(p);
	return NULL;
}

struct v2v_packed *v2v_packed_open(struct v2v *v,
	const struct v2v_packed_source *source, struct v2v_error *err)
{
	struct v2v_packed *p = v2v_alloc(1, sizeof *p);

	p->v = v;
	p->source = *source;
	return begin(p, err);
}

static ssize_t read_fd(
	void *opaque, const void **ret_data, struct v2v_error *err)
{
	struct v2v_packed *p = opaque;
	ssize_t n;

	do
		n = read(p->fd, p->block, sizeof p->block);
	while (n < 0 && errno == EINTR);
	*ret_data = p->block;
	return n < 0 ? v2v_fail_errno(err, "cannot read '%s'", p->source.name)
		     : n;
}

struct v2v_packed *v2v_packed_open_fd(
	struct v2v *v, int fd, const char *name, struct v2v_error *err)
{
	struct v2v_packed *p = v2v_alloc(1, sizeof *p);

	p->v = v;
	p->fd = fd;
	p->source = (struct v2v_packed_source){ read_fd, p, name };
	return begin(p, err);
}

void v2v_packed_allow_rest(struct v2v_packed *p)
{
	p->allows_rest = true;
}

bool v2v_packed_has_rest(const struct v2v_packed *p)
{
	return p->has_rest;
}

bool v2v_packed_is_gzip(const struct v2v_packed *p)
{
	return p->gunzip != NULL;
}

/* *@ret_used: at the end, how many bytes the stream took. */
static ssize_t read_archive(struct v2v_packed *p, const void **ret_data,
	uint64_t *ret_used, struct v2v_error *err)
{
	size_t size;
	int64_t at;
	int status;

	do {
		status = archive_read_data_block(
			p->archive, ret_data, &size, &at);
	} while (status == ARCHIVE_OK && size == 0);
	if (status == ARCHIVE_OK)
		return (ssize_t)size;
	*ret_used = (uint64_t)archive_filter_bytes(p->archive, -1);
	return status == ARCHIVE_EOF ? 0 : fail_archive(p, err);
}

ssize_t v2v_packed_read(
	struct v2v_packed *p, const void **ret_data, struct v2v_error *err)
{
	uint64_t used = 0;
	size_t unread = 0;
	ssize_t n;

	if (p->ended)
		return 0;
	n = p->gunzip ? v2v_gunzip_read(p->gunzip, ret_data, &unread, err)
		      : read_archive(p, ret_data, &used, err);
	if (n < 0)
		return -1;
	if (n > 0 && !p->begun && v2v_container_is_packed(*ret_data, (size_t)n))
		return v2v_fail(err, "ova-broken",
			"'%s' is compressed more than once", p->source.name);
	p->begun = true;
	p->ended = n == 0;
	if (!p->ended)
		return n;
	return check_rest(p, p->gunzip ? p->lent - unread : used, err);
}

void v2v_packed_free(struct v2v_packed *p)
{
	if (!p)
		return;
	v2v_gunzip_free(p->gunzip);
	if (p->archive)
		archive_read_free(p->archive);
	free(p);
}
