/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of a backup is there: a conversion that was killed leaves it without
 * its end. */
#include "core/file.h"
#include "guest/backup-private.h"

#define BLOCK 512

/* Fields of a header, pax(1) "ustar". */
#define SIZE	 124
#define CHECKSUM 148
#define TYPE	 156

static bool is_zero(const unsigned char *block)
{
	return !*block && memcmp(block, block + 1, BLOCK - 1) == 0;
}

/* Octal digits, ended by a blank or a NUL; false: anything else. */
static bool read_octal(const unsigned char *field, size_t n, uint64_t *ret)
{
	size_t i = 0;

	*ret = 0;
	while (i < n && field[i] == ' ')
		i++;
	for (; i < n && field[i] >= '0' && field[i] <= '7'; i++)
		*ret = *ret * 8 + (uint64_t)(field[i] - '0');
	return i < n ? field[i] == ' ' || field[i] == '\0' : true;
}

static bool read_header(const unsigned char *block, uint64_t *ret_size)
{
	uint64_t wanted, sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : block[i];
	return read_octal(block + CHECKSUM, 8, &wanted) && wanted == sum &&
	       read_octal(block + SIZE, 12, ret_size);
}

/* Headers that say more of the member behind them. */
static bool is_about_next(const unsigned char *block)
{
	return block[TYPE] && strchr("xgLK", block[TYPE]);
}

bool v2v_backup_is_cut(int fd, uint64_t size, uint64_t *ret_whole)
{
	unsigned char block[BLOCK];
	uint64_t at = 0, whole = 0, bytes;

	while (at + BLOCK <= size &&
		v2v_pread_all(fd, "backup", block, BLOCK, at, NULL) == 0) {
		bool ended = is_zero(block);

		if (ended || !read_header(block, &bytes)) {
			*ret_whole = size;
			return false;
		}
		at += BLOCK + (bytes + BLOCK - 1) / BLOCK * BLOCK;
		if (at > size)
			break;
		if (!is_about_next(block))
			whole = at;
	}
	*ret_whole = whole;
	return whole > 0;
}
