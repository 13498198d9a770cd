/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following a tar member's headers. */
#include "unpack/tar-headers.h"

#define BLOCK	    512
#define MAX_OCTAL   077777777777ULL /* of a size field */
#define MAX_HEADERS 64		    /* of one member */
#define MAX_PAX	    (1 << 20) /* bytes of a pax header; libarchive's limit */
#define MAX_DIGITS  7	      /* of a record's length in it */

/* The size field of a header (tar.h, and GNU's binary form for large files);
 * false where it is neither. */
static bool header_size(const unsigned char *block, uint64_t *ret_size)
{
	const unsigned char *field = block + 124;
	uint64_t size = 0;
	int i = 0;

	if (*field == 0x80) {
		for (i = 1; i < 12; i++) {
			if (size >> 55)
				return false;
			size = size << 8 | field[i];
		}
		*ret_size = size;
		return true;
	}
	while (i < 11 && field[i] == ' ')
		i++;
	for (; i < 12 && field[i] >= '0' && field[i] <= '7'; i++)
		size = size << 3 | (field[i] - (unsigned)'0');
	*ret_size = size;
	return i == 12 || field[i] == '\0' || field[i] == ' ';
}

/* One record, "LENGTH KEY=VALUE\n": its length, all of it counted; 0 where it
 * is none. */
static size_t record_length(const char *text, size_t left)
{
	size_t length = 0, digits = 0;
	const char *equals;

	for (; digits < left && text[digits] >= '0' && text[digits] <= '9';
		digits++) {
		if (digits == MAX_DIGITS)
			return 0;
		length = length * 10 + (size_t)(text[digits] - '0');
	}
	if (!digits || length > left || length < digits + 3 ||
		text[digits] != ' ' || text[length - 1] != '\n')
		return 0;
	equals = memchr(text + digits + 1, '=', length - digits - 1);
	return equals && equals > text + digits + 1 ? length : 0;
}

/* Some writers fill the block with zeros, and count them. */
static bool is_zero(const char *text, size_t size)
{
	while (size && !text[size - 1])
		size--;
	return size == 0;
}

static int check_pax(const struct v2v_tar_bytes *tar, uint64_t at,
	uint64_t size, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	size_t n;

	/* libarchive has refused it, or will. */
	if (size > MAX_PAX || size > tar->end - at)
		return 0;
	text = v2v_alloc(1, size + 1);
	if (!tar->read(tar->opaque, text, size, at))
		return 0;
	for (size_t i = 0; i < size; i += n) {
		if (!text[i] && is_zero(text + i, size - i))
			break;
		n = record_length(text + i, size - i);
		if (!n)
			return v2v_fail(err, "ova-broken",
				"'%s' is damaged: the record at byte %zu of "
				"the pax header at byte %llu of the tar is "
				"not as long as stated, or not a record",
				tar->file, i, (unsigned long long)at - BLOCK);
	}
	return 0;
}

/*
 * The headers that only extend the next one are pax' x and g, GNU's L and K.
 * The last one must be a plain file's and state the same size: a sparse member
 * has a map before its bytes even without holes.  Writers of pax leave the
 * field 0 where it cannot hold the size.
 */
int v2v_tar_follow(const struct v2v_tar_bytes *tar, uint64_t header,
	uint64_t size, uint64_t *ret_offset, struct v2v_error *err)
{
	for (unsigned i = 0; i < MAX_HEADERS; i++) {
		unsigned char block[BLOCK];
		uint64_t stated;

		if (header > tar->end || BLOCK > tar->end - header ||
			!tar->read(tar->opaque, block, BLOCK, header) ||
			!header_size(block, &stated))
			return 0;
		header += BLOCK;
		if (!memchr("xgLK", block[156], 4)) {
			*ret_offset = header;
			return memchr("0\0007", block[156], 3) &&
			       (stated == size ||
				       (!stated && size > MAX_OCTAL));
		}
		if (stated > tar->end - header)
			return 0;
		if (memchr("xg", block[156], 2) &&
			check_pax(tar, header, stated, err) < 0)
			return -1;
		header += (stated + BLOCK - 1) / BLOCK * BLOCK;
	}
	return 0;
}
