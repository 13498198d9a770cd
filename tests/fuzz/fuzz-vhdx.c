/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A VHDX, which is MiBs long and has checksums: the input is what its parts
 * begin with, one after the other, and is laid out with the right checksums.
 */
#include "scratch.h"

#include "image/image.h"

#include <endian.h>

#define PIECE	   512
#define FILE_SIZE  (10 << 20)
#define HEADER	   4096
#define TABLE	   65536
#define SIGNATURE  4
#define POLYNOMIAL 0x82f63b78 /* CRC-32C */

/* As qemu-img places them; what is left of the input is the block table. */
static const struct {
	off_t at;
	size_t checked; /* bytes under a checksum */
} pieces[] = {
	{ 64 << 10, HEADER },
	{ 192 << 10, TABLE },
	{ 3 << 20, 0 },
	{ (3 << 20) + TABLE, 0 },
};
#define BLOCK_TABLE (2 << 20)

static uint32_t checksum(const unsigned char *p, size_t n)
{
	static uint32_t table[256];
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] =
				table[i] >> 1 ^ (table[i] & 1 ? POLYNOMIAL : 0);
	}
	while (n--)
		crc = table[(crc ^ *p++) & 0xff] ^ crc >> 8;
	return htole32(~crc);
}

/* A checksum follows the signature, and is zero where it is made. */
static bool put(int fd, size_t i, const uint8_t *data, size_t size)
{
	unsigned char b[TABLE] = { 0 };
	uint32_t crc;

	memcpy(b, data, size);
	if (pieces[i].checked) {
		memset(b + SIGNATURE, 0, sizeof crc);
		crc = checksum(b, pieces[i].checked);
		memcpy(b + SIGNATURE, &crc, sizeof crc);
	}
	return pwrite(fd, b, PIECE, pieces[i].at) == PIECE;
}

static bool lay_out(int fd, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t n = size < PIECE ? size : PIECE;

		if (!put(fd, i, data, n))
			return false;
		data += n;
		size -= n;
	}
	return pwrite(fd, data, size, BLOCK_TABLE) == (ssize_t)size &&
	       ftruncate(fd, FILE_SIZE) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	static const uint8_t magic[] = "vhdxfile";
	int fd = fuzz_fd(magic, sizeof magic - 1);
	const char *file = fuzz_file(magic, sizeof magic - 1);
	struct v2v_error err = { 0 };
	struct v2v_image image;

	if (lay_out(fd, data, size))
		v2v_image_check(file, -1, -1, NULL, false, &image, &err);
	return 0;
}
