/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the ends of compressed archives. */
#include "initrd/bounds.h"

#include "core/file.h"
#include "initrd/cpio.h"

#include <endian.h>

#define WINDOW (1 << 20)
/* Headers that lead nowhere: hostile input must not cost more. */
#define MAX_CANDIDATES 64

/* What the kernel allows for in a block of 8 MiB (lib/decompress_unlz4.c). */
#define LZ4_MAX_BLOCK ((8 << 20) + (8 << 20) / 255 + 16)
#define LZ4_MAGIC     0x184c2102

static bool is_no_trailer(const struct v2v_cpio_member *member, void *opaque)
{
	(void)opaque;
	return strcmp(member->name, "TRAILER!!!") != 0;
}

/* Does a whole archive, up to its trailer, begin at @from? */
static bool is_archive(struct v2v *v, int fd, uint64_t from, uint64_t size)
{
	struct v2v_cpio_walk cpio = { .see = is_no_trailer };
	struct v2v_stream *stream =
		v2v_stream_open(v, fd, from, size, NULL, NULL);
	bool whole =
		v2v_cpio_read(&cpio, stream, NULL) == 0 && cpio.ret_trailer;

	v2v_stream_close(stream);
	return whole;
}

uint64_t v2v_initrd_next_archive(
	struct v2v *v, int fd, uint64_t from, uint64_t size)
{
	CLEANUP_FREE unsigned char *window = v2v_alloc(1, WINDOW);
	uint64_t at = (from + 3) / 4 * 4;
	unsigned candidates = 0;

	while (at + V2V_CPIO_HEADER < size && !v2v_is_cancelled(v)) {
		size_t n = size - at < WINDOW ? (size_t)(size - at) : WINDOW;

		if (v2v_pread_all(fd, "initrd", window, n, at, NULL) < 0)
			break;
		for (size_t i = 0; i + V2V_CPIO_HEADER <= n; i += 4)
			if (v2v_cpio_is_header(window + i) &&
				++candidates <= MAX_CANDIDATES &&
				is_archive(v, fd, at + i, size))
				return at + i;
		/* Windows overlap by a header. */
		at += n < WINDOW ? n : WINDOW - (V2V_CPIO_HEADER + 3) / 4 * 4;
	}
	return size;
}

uint64_t v2v_initrd_without_padding(int fd, uint64_t from, uint64_t end)
{
	CLEANUP_FREE char *window = v2v_alloc(1, WINDOW);

	while (end > from) {
		size_t n = end - from < WINDOW ? (size_t)(end - from) : WINDOW;
		size_t zeros = 0;

		if (v2v_pread_all(fd, "initrd", window, n, end - n, NULL) < 0)
			break;
		while (zeros < n && window[n - 1 - zeros] == '\0')
			zeros++;
		end -= zeros;
		if (zeros < n)
			break;
	}
	return end;
}

uint64_t v2v_initrd_lz4_end(int fd, uint64_t from, uint64_t end)
{
	uint32_t word;

	while (end - from >= sizeof word &&
		v2v_pread_all(fd, "initrd", &word, sizeof word, from, NULL) ==
			0) {
		uint64_t length = le32toh(word);

		/* Concatenated ones begin with the magic again. */
		if (length == LZ4_MAGIC)
			length = 0;
		else if (length == 0 || length > LZ4_MAX_BLOCK)
			return from;
		if (length > end - from - sizeof word)
			break;
		from += sizeof word + length;
	}
	return from;
}
