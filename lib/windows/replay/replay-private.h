/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base blocks, logs, and the hive that comes about. */
#ifndef V2V_REPLAY_PRIVATE_H
#define V2V_REPLAY_PRIVATE_H

#include "image/bytes.h"
#include "windows/replay/replay.h"

#define HIVE_BLOCK  4096 /* the base block; what a bin is a multiple of */
#define HIVE_SECTOR 512	 /* of the base block, what a log has of it */

/* Where the fields of a base block are; section "Base block". */
enum {
	HIVE_SEQUENCE1 = 4,
	HIVE_SEQUENCE2 = 8,
	HIVE_WRITTEN = 12,
	HIVE_MAJOR = 20,
	HIVE_TYPE = 28,
	HIVE_FORMAT = 32,
	HIVE_BINS = 40,
	HIVE_CLUSTER = 44,
	HIVE_FLAGS = 144,
	HIVE_CHECKSUM = 508
};

/* Values of HIVE_TYPE. */
enum {
	HIVE_IS_PRIMARY = 0,
	HIVE_IS_PAGES = 1,
	HIVE_IS_PAGES_OF_2000 = 2,
	HIVE_IS_ENTRIES = 6
};

struct v2v_hive_head {
	bool is_sound; /* signature and checksum are right */
	bool is_known; /* and it says what we understand */
	uint32_t sequence1, sequence2, type;
	uint32_t bins; /* bytes behind the base block */
	uint64_t written;
};

struct v2v_hive_head v2v_hive_head_read(const struct v2v_hive_bytes *file);
uint32_t v2v_hive_checksum(const unsigned char *base_block);

/* Of @size bytes, with the seed that Windows takes for logs. */
uint64_t v2v_hive_hash(const unsigned char *data, size_t size);

/* What a file beside the hive is. */
enum v2v_hive_log_kind {
	HIVE_LOG_NONE, /* not there, empty, never written */
	HIVE_LOG_DAMAGED,
	HIVE_LOG_PAGES,
	HIVE_LOG_ENTRIES
};

struct v2v_hive_log {
	enum v2v_hive_log_kind kind;
	struct v2v_hive_bytes bytes;
	struct v2v_hive_head head;
	uint32_t first, last; /* of its entries, which follow each other */
};

struct v2v_hive_log v2v_hive_log_read(
	const struct v2v_hive_bytes *file, uint32_t most);

/* The hive under way. */
struct v2v_hive_replay {
	unsigned char *data; /* owned */
	size_t size;
	uint32_t most;
	struct v2v_hive_head head; /* as it was found */
	struct v2v_hive_log logs[2];
	uint32_t bins;
	unsigned writes;
	uint32_t sequence; /* both, when it is done */
};

/* Room for @bins; what is new is zero. */
void v2v_hive_grow(struct v2v_hive_replay *replay, uint32_t bins);
/* The first sector becomes that of @log. */
void v2v_hive_restore_head(
	struct v2v_hive_replay *replay, const struct v2v_hive_log *log);
/* Does bin follow bin to the end?  Windows would put an empty one in the place
 * of a bad one, and what was in it would be lost: -1. */
int v2v_hive_check_bins(
	const struct v2v_hive_replay *replay, struct v2v_error *err);
/* Sequence numbers, size and checksum. */
void v2v_hive_finish(struct v2v_hive_replay *replay);

/* The two forms; -1 and "registry-dirty". */
int v2v_hive_replay_entries(
	struct v2v_hive_replay *replay, struct v2v_error *err);
int v2v_hive_replay_pages(
	struct v2v_hive_replay *replay, struct v2v_error *err);

/* An entry of a log; section "Log entries". */
struct v2v_hive_entry {
	size_t size; /* of all of it */
	uint32_t flags, sequence, bins;
	const unsigned char *references; /* of pages, which follow them */
	size_t count;
};

/* Where a page belongs, behind the base block, and its size. */
#define HIVE_REFERENCE 8
struct v2v_hive_reference {
	uint32_t at, size;
};
static inline struct v2v_hive_reference v2v_hive_reference(
	const struct v2v_hive_entry *entry, size_t i)
{
	const unsigned char *p = entry->references + i * HIVE_REFERENCE;

	return (struct v2v_hive_reference){ le32(p), le32(p + 4) };
}

/* The entry at @offset; false: its hashes say that it is none. */
bool v2v_hive_entry_read(const struct v2v_hive_bytes *log, size_t offset,
	struct v2v_hive_entry *ret_entry);
/* Do its pages lie in itself and in the hive? */
bool v2v_hive_entry_is_good(const struct v2v_hive_entry *entry, uint32_t most);

/* Is the sequence number @a behind @b?  They begin again at 0. */
static inline bool v2v_hive_is_after(uint32_t a, uint32_t b)
{
	return a != b && a - b < UINT32_C(1) << 31;
}
#endif
