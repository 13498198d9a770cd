/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replay of an older log; sections "Dirty vector" and "Dirty pages". */
#include "windows/replay/replay-private.h"

#define DIRTY	  "registry-dirty"
#define BITMAP	  (HIVE_SECTOR + 4) /* behind "DIRT" */
#define BIN_STAMP (HIVE_BLOCK + 20) /* in the first bin */

/* When the primary file was last written, or began to be. */
static uint64_t written(const struct v2v_hive_replay *replay)
{
	return replay->head.is_sound ? replay->head.written
				     : le64(replay->data + BIN_STAMP);
}

/* The first that was made for this write, as the boot loader does it. */
static const struct v2v_hive_log *applicable(
	const struct v2v_hive_replay *replay)
{
	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		if (replay->logs[i].kind == HIVE_LOG_PAGES &&
			replay->logs[i].head.written == written(replay))
			return &replay->logs[i];
	return NULL;
}

/* A bit is a sector, but changes are noted by blocks: a byte of the bitmap is
 * one block.  Anything else is damage.  How many blocks; -1. */
static int64_t count_blocks(const struct v2v_hive_log *log)
{
	const unsigned char *p = log->bytes.data + BITMAP;
	size_t length = log->head.bins / HIVE_BLOCK;
	int64_t count = 0;

	if (log->bytes.size < BITMAP || log->bytes.size - BITMAP < length ||
		memcmp(p - 4, "DIRT", 4) != 0)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (p[i] != 0 && p[i] != 0xff)
			return -1;
		count += p[i] == 0xff;
	}
	return count;
}

static void apply_blocks(struct v2v_hive_replay *replay,
	const struct v2v_hive_log *log, const unsigned char *from)
{
	const unsigned char *bitmap = log->bytes.data + BITMAP;

	v2v_hive_grow(replay, log->head.bins);
	for (size_t i = 0; i < log->head.bins / HIVE_BLOCK; i++) {
		if (!bitmap[i])
			continue;
		memcpy(replay->data + (i + 1) * HIVE_BLOCK, from, HIVE_BLOCK);
		from += HIVE_BLOCK;
	}
}

int v2v_hive_replay_pages(struct v2v_hive_replay *replay, struct v2v_error *err)
{
	const struct v2v_hive_log *log = applicable(replay);
	int64_t blocks;
	size_t start;

	if (!log)
		return v2v_fail(err, DIRTY,
			"it has no transaction log of its last write");
	blocks = count_blocks(log);
	start = ceil_div(BITMAP + log->head.bins / HIVE_BLOCK, HIVE_SECTOR) *
		HIVE_SECTOR;
	if (blocks <= 0 || start > log->bytes.size ||
		(log->bytes.size - start) / HIVE_BLOCK < (uint64_t)blocks)
		return v2v_fail(err, DIRTY, "its transaction log is damaged");
	apply_blocks(replay, log, log->bytes.data + start);
	replay->sequence = replay->head.is_sound ? replay->head.sequence1
						 : log->head.sequence1;
	if (!replay->head.is_sound)
		v2v_hive_restore_head(replay, log);
	replay->bins = log->head.bins;
	replay->writes++;
	return 0;
}
