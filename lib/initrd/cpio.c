/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading cpio archives from a stream. */
#include "initrd/cpio.h"

#include <ctype.h>
#include <limits.h>
#include <sys/stat.h>

#define BUFFER	(64 << 10)
#define TRAILER "TRAILER!!!"

/* Numbers of a header, by their place behind the magic. */
enum { MODE = 1, FILE_SIZE = 6, NAME_SIZE = 11 };

struct reader {
	struct v2v_stream *stream;
	struct v2v_error *err; /* never NULL */
	uint64_t position;
	bool inside; /* a trailer is still to come */
	size_t at, have;
	unsigned char buffer[BUFFER];
};

bool v2v_cpio_is_header(const unsigned char bytes[V2V_CPIO_HEADER])
{
	if (memcmp(bytes, "070701", 6) != 0 && memcmp(bytes, "070702", 6) != 0)
		return false;
	for (size_t i = 6; i < V2V_CPIO_HEADER; i++)
		if (!isxdigit(bytes[i]))
			return false;
	return true;
}

/* 1: there is a byte at r->at; 0: the end; -1: failure. */
static int fill(struct reader *r)
{
	ssize_t n;

	if (r->at < r->have)
		return 1;
	n = v2v_stream_read(r->stream, r->buffer, sizeof r->buffer, r->err);
	if (n <= 0)
		return (int)n;
	r->at = 0;
	r->have = (size_t)n;
	return 1;
}

/* Take @size bytes; @out NULL skips them.  The end before that is an error. */
static int take(struct reader *r, void *out, uint64_t size)
{
	while (size) {
		uint64_t skipped = out || r->at < r->have
					   ? 0
					   : v2v_stream_skip(r->stream, size);
		size_t n;
		int more;

		r->position += skipped;
		size -= skipped;
		if (!size)
			break;
		more = fill(r);
		n = r->have - r->at;
		if (more < 0)
			return -1;
		if (more == 0)
			return v2v_fail(r->err, "initrd-unreadable",
				"the archive is cut off");
		if (n > size)
			n = (size_t)size;
		if (out) {
			memcpy(out, r->buffer + r->at, n);
			out = (char *)out + n;
		}
		r->at += n;
		r->position += n;
		size -= n;
	}
	return 0;
}

static int skip_zeros(struct reader *r)
{
	int more;

	while ((more = fill(r)) > 0) {
		if (r->buffer[r->at])
			return 1;
		r->at++;
		r->position++;
	}
	return more;
}

static int align(struct reader *r)
{
	return take(r, NULL, (4 - r->position % 4) % 4);
}

static uint32_t number(const unsigned char *header, size_t index)
{
	char digits[9] = "";

	memcpy(digits, header + 6 + index * 8, 8);
	return (uint32_t)strtoul(digits, NULL, 16);
}

static bool is_wanted(
	const struct v2v_cpio_walk *walk, const struct v2v_cpio_member *member)
{
	for (const char *const *s = walk->capture; s && *s; s++)
		if (strcmp(*s, member->name) == 0 ||
			(v2v_ends_with(*s, "/") &&
				v2v_starts_with(member->name, *s)))
			return S_ISREG(member->mode) &&
			       member->size <= V2V_CPIO_MAX_TEXT;
	return false;
}

static int read_data(struct v2v_cpio_walk *walk, struct reader *r,
	const struct v2v_cpio_member *member)
{
	CLEANUP_FREE char *text = NULL;

	if (!is_wanted(walk, member))
		return take(r, NULL, member->size);
	text = v2v_alloc(1, member->size + 1);
	if (take(r, text, member->size) < 0)
		return -1;
	/* A program of that name is not text. */
	if (strlen(text) == member->size)
		walk->keep(member, text, walk->opaque);
	return 0;
}

/* One member; *@ret_stop: no more are wanted. */
static int read_member(struct v2v_cpio_walk *walk, struct reader *r,
	const unsigned char *header, bool *ret_stop)
{
	uint32_t name_size = number(header, NAME_SIZE);
	struct v2v_cpio_member member = {
		.mode = number(header, MODE),
		.size = number(header, FILE_SIZE),
	};
	CLEANUP_FREE char *name = NULL;

	if (name_size == 0 || name_size > PATH_MAX)
		return v2v_fail(r->err, "initrd-unreadable",
			"a name of %u bytes", name_size);
	name = v2v_alloc(1, name_size + 1);
	if (take(r, name, name_size) < 0 || align(r) < 0)
		return -1;
	r->inside = strcmp(name, TRAILER) != 0;
	walk->ret_trailer |= !r->inside;
	member.name = name;
	if (v2v_starts_with(member.name, "./"))
		member.name += 2;
	member.name += strspn(member.name, "/");
	*ret_stop = walk->see && !walk->see(&member, walk->opaque);
	if (read_data(walk, r, &member) < 0)
		return -1;
	return align(r);
}

/* Some decompressors take the padding behind their data for damage: once the
 * archive is whole that is not. */
static bool is_behind_trailer(
	const struct v2v_cpio_walk *walk, const struct reader *r)
{
	return walk->ret_trailer && !v2v_streq(r->err->code, "cancelled");
}

static int read_archives(struct v2v_cpio_walk *walk, struct reader *r)
{
	unsigned char header[V2V_CPIO_HEADER];
	bool stop = false;
	int more;

	for (unsigned count = 0; !stop; count++) {
		/* The kernel takes zeros only between archives. */
		more = r->inside ? fill(r) : skip_zeros(r);
		walk->ret_position = r->position;
		if (more < 0 && is_behind_trailer(walk, r))
			return 0;
		walk->ret_whole = more == 0;
		if (more <= 0)
			return more;
		/* What is not a header is not consumed: another segment. */
		if (r->buffer[r->at] != '0' || r->position % 4)
			return 0;
		if (take(r, header, sizeof header) < 0)
			return -1;
		if (!v2v_cpio_is_header(header))
			return 0;
		if (count >= V2V_CPIO_MAX_MEMBERS ||
			r->position > V2V_CPIO_MAX_BYTES)
			return v2v_fail(
				r->err, "initrd-unreadable", "it is too large");
		if (read_member(walk, r, header, &stop) < 0)
			return -1;
	}
	return 0;
}

int v2v_cpio_read(struct v2v_cpio_walk *walk, struct v2v_stream *stream,
	struct v2v_error *err)
{
	struct v2v_error local = { 0 };
	CLEANUP_FREE struct reader *r = v2v_alloc(1, sizeof *r);

	r->stream = stream;
	r->err = &local;
	if (read_archives(walk, r) == 0)
		return 0;
	return v2v_fail(err, local.code, "%s", local.text);
}
