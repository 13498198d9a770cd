/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive that comes about. */
#include "windows/replay/replay-private.h"

/* Section "Hive bin". */
enum { BIN_OFFSET = 4, BIN_SIZE = 8 };

void v2v_hive_grow(struct v2v_hive_replay *replay, uint32_t bins)
{
	size_t size = (size_t)HIVE_BLOCK + bins;
	unsigned char *larger;

	if (size <= replay->size)
		return;
	/* Zeros of v2v_alloc() take no memory until they are written. */
	larger = v2v_alloc(1, size);
	memcpy(larger, replay->data, replay->size);
	free(replay->data);
	replay->data = larger;
	replay->size = size;
}

void v2v_hive_restore_head(
	struct v2v_hive_replay *replay, const struct v2v_hive_log *log)
{
	memcpy(replay->data, log->bytes.data, HIVE_SECTOR);
	put_le32(replay->data + HIVE_TYPE, HIVE_IS_PRIMARY);
}

static bool is_bin(const unsigned char *bin, uint32_t at, uint32_t room)
{
	uint32_t size = le32(bin + BIN_SIZE);

	return memcmp(bin, "hbin", 4) == 0 && le32(bin + BIN_OFFSET) == at &&
	       size >= HIVE_BLOCK && size % HIVE_BLOCK == 0 && size <= room;
}

/* Where Windows would put an empty bin in the place of a bad one, what was in
 * it is lost. */
int v2v_hive_check_bins(
	const struct v2v_hive_replay *replay, struct v2v_error *err)
{
	const unsigned char *bins = replay->data + HIVE_BLOCK;

	for (uint32_t at = 0; at < replay->bins;
		at += le32(bins + at + BIN_SIZE))
		if (!is_bin(bins + at, at, replay->bins - at))
			return v2v_fail(err, "registry-dirty",
				"the bin at offset %u is damaged, with its "
				"transaction logs too",
				at);
	return 0;
}

void v2v_hive_finish(struct v2v_hive_replay *replay)
{
	unsigned char *block = replay->data;

	put_le32(block + HIVE_SEQUENCE1, replay->sequence);
	put_le32(block + HIVE_SEQUENCE2, replay->sequence);
	put_le32(block + HIVE_BINS, replay->bins);
	put_le32(block + HIVE_CHECKSUM, v2v_hive_checksum(block));
}
