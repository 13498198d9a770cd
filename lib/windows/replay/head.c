/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The base block of a hive, and the part of it that a log has. */
#include "windows/replay/replay-private.h"

/* Two values are never written. */
uint32_t v2v_hive_checksum(const unsigned char *base_block)
{
	uint32_t sum = 0;

	for (size_t at = 0; at < HIVE_CHECKSUM; at += sizeof sum)
		sum ^= le32(base_block + at);
	if (sum == UINT32_MAX)
		return UINT32_MAX - 1;
	return sum ? sum : 1;
}

static bool is_known(const unsigned char *block, uint32_t bins)
{
	return le32(block + HIVE_MAJOR) == 1 &&
	       le32(block + HIVE_FORMAT) == 1 && bins > 0 &&
	       bins % HIVE_BLOCK == 0;
}

struct v2v_hive_head v2v_hive_head_read(const struct v2v_hive_bytes *file)
{
	const unsigned char *block = file->data;
	struct v2v_hive_head head = { 0 };

	if (file->size < HIVE_SECTOR || memcmp(block, "regf", 4) != 0)
		return head;
	head.is_sound = le32(block + HIVE_CHECKSUM) == v2v_hive_checksum(block);
	head.sequence1 = le32(block + HIVE_SEQUENCE1);
	head.sequence2 = le32(block + HIVE_SEQUENCE2);
	head.written = le64(block + HIVE_WRITTEN);
	head.type = le32(block + HIVE_TYPE);
	head.bins = le32(block + HIVE_BINS);
	head.is_known = head.is_sound && is_known(block, head.bins);
	return head;
}
