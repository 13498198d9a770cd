/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Was an XFS unmounted?  Only its log says so: the last record before the head
 * is one of unmounting (Linux: fs/xfs/xfs_log_recover.c, xlog_find_head() and
 * xlog_check_unmount_rec(); libxfs/xfs_log_format.h).  "No" is always right:
 * then the kernel itself looks.
 */
#include "server.h"

#define BLOCK	      512 /* of the log, whatever the device's */
#define RECORD	      0xfeedbabeU
#define UNMOUNT	      0x20  /* oh_flags: XLOG_UNMOUNT_TRANS */
#define HEADER_DATA   32768 /* bytes of a record that one header block is for */
#define MAX_IN_FLIGHT (2 << 20) /* XLOG_MAX_ICLOGS, XLOG_MAX_RECORD_BSIZE */

struct log {
	int fd;
	uint64_t start;	 /* bytes */
	uint64_t blocks; /* of BLOCK bytes */
	bool is_broken;
};

static uint64_t big_endian(const unsigned char *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

static bool find_log(int fd, struct log *log)
{
	unsigned char sb[BLOCK];
	uint64_t block_size, start, blocks, ag_blocks;
	unsigned ag_shift;

	if (pread(fd, sb, sizeof sb, 0) != sizeof sb ||
		memcmp(sb, "XFSB", 4) != 0)
		return false;
	block_size = big_endian(sb + 4, 4);
	start = big_endian(sb + 48, 8);
	ag_blocks = big_endian(sb + 84, 4);
	blocks = big_endian(sb + 96, 4);
	ag_shift = sb[124];
	/* A start of 0: the log is on another device. */
	if (block_size < BLOCK || block_size > 65536 || start == 0 ||
		ag_shift > 31 || start >> ag_shift > UINT32_MAX)
		return false;
	start = (start >> ag_shift) * ag_blocks +
		(start & ((1ULL << ag_shift) - 1));
	if (start > INT64_MAX / 65536 / 2)
		return false;
	*log = (struct log){ fd, start * block_size,
		blocks * block_size / BLOCK, false };
	return log->blocks > 64;
}

static void read_block(struct log *log, uint64_t at, unsigned char *block)
{
	memset(block, 0, BLOCK);
	if (pread(log->fd, block, BLOCK, (off_t)(log->start + at * BLOCK)) !=
		BLOCK)
		log->is_broken = true;
}

/* In which round a block was written. */
static uint32_t cycle_of(const unsigned char *block)
{
	uint32_t first = (uint32_t)big_endian(block, 4);

	return first == RECORD ? (uint32_t)big_endian(block + 4, 4) : first;
}

static uint32_t cycle_at(struct log *log, uint64_t at)
{
	unsigned char block[BLOCK];

	read_block(log, at, block);
	return cycle_of(block);
}

/* The first block that is older than those before it; 0: not found. */
static uint64_t find_head(struct log *log)
{
	uint32_t first = cycle_at(log, 0);
	uint64_t low = 0, high = log->blocks - 1;

	if (cycle_at(log, high) == first)
		return 0;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (cycle_at(log, middle) == first)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Nothing of the newest round behind the head: records that were written out of
 * order. */
static bool ends_at(struct log *log, uint64_t head)
{
	static unsigned char room[MAX_IN_FLIGHT];
	uint32_t newest = cycle_at(log, head - 1);
	uint64_t blocks = log->blocks - head;
	size_t size;

	if (blocks > MAX_IN_FLIGHT / BLOCK)
		blocks = MAX_IN_FLIGHT / BLOCK;
	size = (size_t)blocks * BLOCK;
	if (pread(log->fd, room, size, (off_t)(log->start + head * BLOCK)) !=
		(ssize_t)size)
		return false;
	for (size_t at = 0; at < size; at += BLOCK)
		if (cycle_of(room + at) == newest)
			return false;
	return true;
}

static bool is_unmount(struct log *log, uint64_t at, uint64_t head)
{
	unsigned char block[BLOCK];
	uint64_t headers, data;

	read_block(log, at, block);
	if (big_endian(block, 4) != RECORD ||
		big_endian(block + 16, 8) !=
			(big_endian(block + 4, 4) << 32 | at) ||
		big_endian(block + 40, 4) != 1)
		return false;
	headers = (big_endian(block + 320, 4) + HEADER_DATA - 1) / HEADER_DATA;
	if (!(big_endian(block + 8, 4) & 2) || headers == 0)
		headers = 1;
	data = (big_endian(block + 12, 4) + BLOCK - 1) / BLOCK;
	if (at + headers + data != head)
		return false;
	read_block(log, at + headers, block);
	return block[9] & UNMOUNT;
}

bool xfs_is_clean(int fd)
{
	struct log log;
	uint64_t head;

	if (!find_log(fd, &log))
		return false;
	head = find_head(&log);
	if (head < 32 || log.is_broken || !ends_at(&log, head))
		return false;
	for (uint64_t back = 2; back < 24; back++)
		if (is_unmount(&log, head - back, head))
			return !log.is_broken;
	return false;
}
