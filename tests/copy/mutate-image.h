/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The image that mutate.c changes: its numbers, by a list of fields.py's; the
 * copies and checksums that follow them; what of it is written to the file. */
#ifndef V2V_TEST_MUTATE_IMAGE_H
#define V2V_TEST_MUTATE_IMAGE_H

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(array)[0])

#define MAX_LINES 4096
#define PAGE	  4096
#define MAX_SIZE  ((off_t)64 << 20) /* of a disk that is compared */
#define TEXT	  300

/* Adjacent numbers. */
struct field {
	char name[64];
	size_t at, count, width;
	bool is_big_endian;
	uint64_t unit; /* bytes that a number counts */
};

/* A copy, or a checksum; in the order of the file. */
struct mend {
	enum { MIRROR, SUM, CRC } kind;
	size_t at, length, to; /* SUM, CRC: @to is a byte of the structure */
};

/* A value that is read here, and that qemu refuses: it is given 0. */
struct foreign {
	struct field field;
	uint64_t value;
};

struct test {
	const char *format, *image, *out_dir;
	const char *opened; /* the image, or what names it */
	bool is_chain;
	char ours[PAGE], theirs[PAGE], top[PAGE];
	int fd;
	/* as it was, as it is to be, as it is in the file */
	unsigned char *base, *now, *in_file;
	size_t base_size, size;
	struct field fields[MAX_LINES];
	struct mend mends[16];
	struct foreign foreign;
	size_t count, mend_count;
	char what[TEXT]; /* was changed */
	bool list_refusals;
	unsigned long refused, right, slow, wrong;
};

static inline void read_image(struct test *t)
{
	struct stat st;

	t->fd = open(t->image, O_RDWR | O_CLOEXEC);
	if (t->fd < 0 || fstat(t->fd, &st) < 0)
		err(1, "%s", t->image);
	t->base_size = t->size = (size_t)st.st_size;
	t->base = malloc(t->size);
	t->now = malloc(t->size);
	t->in_file = malloc(t->size);
	if (!t->base || !t->now || !t->in_file ||
		pread(t->fd, t->base, t->size, 0) != st.st_size)
		err(1, "%s", t->image);
	memcpy(t->now, t->base, t->size);
	memcpy(t->in_file, t->base, t->size);
}

static inline void read_fields(struct test *t, const char *path)
{
	char line[256];
	FILE *in = fopen(path, "r");

	while (in && t->count < MAX_LINES && fgets(line, sizeof line, in)) {
		struct field *f = &t->fields[t->count];
		struct mend *m = &t->mends[t->mend_count];
		char endian, kind[8];

		if (sscanf(line, "field %63s %zu %zu %zu %c %lu", f->name,
			    &f->at, &f->count, &f->width, &endian,
			    &f->unit) == 6) {
			f->is_big_endian = endian == 'b';
			t->count++;
		} else if (sscanf(line, "foreign %zu %zu %lu",
				   &t->foreign.field.at,
				   &t->foreign.field.width,
				   &t->foreign.value) == 3) {
			continue;
		} else if (t->mend_count < 16 &&
			   sscanf(line, "%7s %zu %zu %zu", kind, &m->at,
				   &m->length, &m->to) == 4) {
			m->kind = *kind == 'm'	 ? MIRROR
				  : *kind == 's' ? SUM
						 : CRC;
			t->mend_count++;
		} else {
			errx(1, "%s: %s", path, line);
		}
	}
	if (!in || !t->count)
		errx(1, "%s: no fields", path);
	fclose(in);
}

static inline uint64_t get(
	const struct test *t, const struct field *f, size_t index)
{
	const unsigned char *p = t->now + f->at + index * f->width;
	uint64_t n = 0;

	for (size_t i = 0; i < f->width; i++)
		n = n << 8 | p[f->is_big_endian ? i : f->width - 1 - i];
	return n;
}

static inline void set(
	struct test *t, const struct field *f, size_t index, uint64_t n)
{
	unsigned char *p = t->now + f->at + index * f->width;

	for (size_t i = 0; i < f->width; i++, n >>= 8)
		p[f->is_big_endian ? f->width - 1 - i : i] = (unsigned char)n;
}

/* What qemu is given; true where it is another image. */
static inline bool please_qemu(struct test *t)
{
	struct foreign *f = &t->foreign;

	if (!f->field.width || f->field.at + f->field.width > t->size ||
		get(t, &f->field, 0) != f->value)
		return false;
	set(t, &f->field, 0, 0);
	return true;
}

static inline size_t below(size_t n)
{
	return (size_t)random() % n;
}

static inline uint32_t sum(const unsigned char *p, size_t size)
{
	uint32_t n = 0;

	while (size--)
		n += *p++;
	return ~n;
}

static inline uint32_t crc(const unsigned char *p, size_t size)
{
	uint32_t n = UINT32_MAX;

	while (size--) {
		n ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			n = n >> 1 ^ (n & 1 ? 0x82f63b78U : 0);
	}
	return ~n;
}

/* Copies follow what was changed, checksums too: else nothing but the checksums
 * would ever be looked at. */
static inline void mend(struct test *t, const struct mend *m)
{
	struct field f = { "", m->at + m->to, 1, 4, m->kind == SUM, 1 };
	const unsigned char *now = t->now + m->at;

	if (memcmp(now, t->base + m->at, m->length) == 0 && m->kind != MIRROR)
		return;
	if (m->kind == MIRROR) {
		if (memcmp(now, t->base + m->at, m->length) != 0 && below(4))
			memcpy(t->now + m->to, now, m->length);
		return;
	}
	set(t, &f, 0, 0);
	set(t, &f, 0, (m->kind == SUM ? sum : crc)(now, m->length));
}

/* Pages that are as they were stay, so that holes of the file do. */
static inline void store(struct test *t)
{
	if (ftruncate(t->fd, (off_t)t->size) < 0)
		err(1, "%s", t->image);
	memset(t->in_file + t->size, 0, t->base_size - t->size);
	if (ftruncate(t->fd, (off_t)t->size) < 0)
		err(1, "%s", t->image);
	for (size_t at = 0; at < t->size; at += PAGE) {
		size_t n = t->size - at < PAGE ? t->size - at : PAGE;

		if (memcmp(t->in_file + at, t->now + at, n) == 0)
			continue;
		if (pwrite(t->fd, t->now + at, n, (off_t)at) != (ssize_t)n)
			err(1, "%s", t->image);
		memcpy(t->in_file + at, t->now + at, n);
	}
}
#endif
