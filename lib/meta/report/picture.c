/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture of a screen: a PNG (its specification, W3C, 5) as base64. */
#include "meta/report/report.h"

#include "core/file.h"

#include <openssl/evp.h>

#define MAX_PICTURE (8 << 20) /* bytes */
#define MAX_SIDE    8192      /* pixels */

#define SIGNATURE   "\x89PNG\r\n\x1a\n"
#define CHUNK_BYTES 12 /* beside its data: length, type, check sum */

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Chunks from IHDR to IEND, and nothing behind: no other file is shown. */
static bool is_png(const unsigned char *data, size_t size)
{
	size_t at = strlen(SIGNATURE);

	if (size < at + CHUNK_BYTES + 13 || memcmp(data, SIGNATURE, at) != 0 ||
		memcmp(data + at, "\0\0\0\rIHDR", 8) != 0)
		return false;
	while (size - at >= CHUNK_BYTES) {
		size_t length = get32(data + at);
		bool is_end = memcmp(data + at + 4, "IEND", 4) == 0;

		if (length > size - at - CHUNK_BYTES)
			return false;
		at += CHUNK_BYTES + length;
		if (is_end)
			return length == 0 && at == size;
	}
	return false;
}

static void add_base64(
	struct v2v_text *t, const unsigned char *data, size_t size)
{
	/* and a NUL */
	CLEANUP_FREE unsigned char *base64 = v2v_alloc(size / 3 + 2, 4);
	const int n = EVP_EncodeBlock(base64, data, (int)size);

	v2v_text_add(t, base64, (size_t)n);
}

int v2v_report_picture(const char *path, struct v2v_text *base64,
	int64_t *ret_width, int64_t *ret_height, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = -1;
	CLEANUP_FREE unsigned char *data = NULL;
	uint64_t size;

	fd = v2v_open_regular(path, &size, err);
	if (fd < 0)
		return -1;
	if (size > MAX_PICTURE)
		return v2v_fail(err, "boot-screen",
			"'%s' is too large for a picture of a screen", path);
	data = v2v_alloc(1, (size_t)size + 1);
	if (v2v_pread_all(fd, path, data, (size_t)size, 0, err) < 0)
		return -1;
	if (!is_png(data, (size_t)size))
		return v2v_fail(err, "boot-screen", "'%s' is not a PNG", path);
	*ret_width = get32(data + 16);
	*ret_height = get32(data + 20);
	if (*ret_width < 1 || *ret_width > MAX_SIDE || *ret_height < 1 ||
		*ret_height > MAX_SIDE)
		return v2v_fail(err, "boot-screen",
			"'%s' has not the size of a screen", path);
	add_base64(base64, data, (size_t)size);
	return 0;
}
