/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replay of the newer logs; sections "Log entries" and "Multiple transaction
 * log files", "New format". */
#include "windows/replay/replay-private.h"

#define DIRTY "registry-dirty"

/* Note 11: one bit is an entry's. */
static void set_flag(unsigned char *block, uint32_t flags)
{
	put_le32(block + HIVE_FLAGS,
		(le32(block + HIVE_FLAGS) & ~1U) | (flags & 1));
}

static void apply_entry(
	struct v2v_hive_replay *replay, const struct v2v_hive_entry *entry)
{
	const unsigned char *bytes =
		entry->references + entry->count * HIVE_REFERENCE;

	v2v_hive_grow(replay, entry->bins);
	for (size_t i = 0; i < entry->count; i++) {
		const struct v2v_hive_reference page =
			v2v_hive_reference(entry, i);

		memcpy(replay->data + HIVE_BLOCK + page.at, bytes, page.size);
		bytes += page.size;
	}
	set_flag(replay->data, entry->flags);
	replay->bins = entry->bins;
	replay->sequence = entry->sequence + 1;
	replay->writes++;
}

static void apply_log(
	struct v2v_hive_replay *replay, const struct v2v_hive_log *log)
{
	struct v2v_hive_entry entry;
	size_t at = HIVE_SECTOR;
	uint32_t left = log->last - log->first;

	do {
		if (!v2v_hive_entry_read(&log->bytes, at, &entry))
			return;
		apply_entry(replay, &entry);
		at += entry.size;
	} while (left--);
}

static bool has_damaged_log(const struct v2v_hive_replay *replay)
{
	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		if (replay->logs[i].kind == HIVE_LOG_DAMAGED)
			return true;
	return false;
}

/*
 * May @log be the first, over the base block that was found?  It begins with
 * the hive's number.  It is later where Windows has written the primary file
 * between two switches of logs without saying so in the base block; or where a
 * log is lost, which only Windows does not mind.
 */
static int is_first(const struct v2v_hive_replay *replay,
	const struct v2v_hive_log *log, struct v2v_error *err)
{
	uint32_t expected = replay->head.sequence2;

	if (v2v_hive_is_after(expected, log->last))
		return 0;
	if (v2v_hive_is_after(expected, log->first))
		return v2v_fail(err, DIRTY,
			"a transaction log begins before the hive's last "
			"complete write");
	if (log->first != expected && has_damaged_log(replay))
		return v2v_fail(err, DIRTY,
			"a transaction log is damaged, and the other one "
			"begins later");
	return 1;
}

/* The logs that have entries, the earlier one first; how many. */
static size_t in_order(const struct v2v_hive_replay *replay,
	const struct v2v_hive_log *ret_order[2])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		if (replay->logs[i].kind == HIVE_LOG_ENTRIES)
			ret_order[count++] = &replay->logs[i];
	if (count == 2 &&
		v2v_hive_is_after(ret_order[0]->first, ret_order[1]->first)) {
		const struct v2v_hive_log *later = ret_order[0];

		ret_order[0] = ret_order[1];
		ret_order[1] = later;
	}
	return count;
}

static int over_sound_head(struct v2v_hive_replay *replay,
	const struct v2v_hive_log *const *order, size_t count,
	struct v2v_error *err)
{
	for (size_t i = 0; i < count; i++) {
		int fits = order[i]->first == replay->sequence;

		if (!replay->writes)
			fits = is_first(replay, order[i], err);
		if (fits < 0)
			return -1;
		if (fits)
			apply_log(replay, order[i]);
	}
	return 0;
}

/* Windows takes the base block and the entries of the latest log alone.  Those
 * of an earlier one that it continues do no harm where they are in the hive
 * already, and are missed where they are not. */
static int over_damaged_head(struct v2v_hive_replay *replay,
	const struct v2v_hive_log *const *order, size_t count,
	struct v2v_error *err)
{
	const struct v2v_hive_log *latest = order[count - 1];

	if (has_damaged_log(replay))
		return v2v_fail(err, DIRTY,
			"its base block and a transaction log are damaged");
	v2v_hive_restore_head(replay, latest);
	if (count == 2 && order[0]->last + 1 == latest->first)
		apply_log(replay, order[0]);
	apply_log(replay, latest);
	return 0;
}

/* Are there entries behind the last one that was applied?  Then some before
 * them are damaged or lost.  An entry that was half written has none behind it.
 */
static bool has_later_entries(
	const struct v2v_hive_replay *replay, const struct v2v_hive_log *log)
{
	uint32_t last = replay->sequence - 1;
	struct v2v_hive_entry entry;

	for (size_t at = HIVE_SECTOR; at < log->bytes.size; at += HIVE_SECTOR)
		if (v2v_hive_entry_read(&log->bytes, at, &entry) &&
			v2v_hive_is_after(entry.sequence, last))
			return true;
	return false;
}

int v2v_hive_replay_entries(
	struct v2v_hive_replay *replay, struct v2v_error *err)
{
	const struct v2v_hive_log *order[2];
	size_t count = in_order(replay, order);
	int r = replay->head.is_sound
			? over_sound_head(replay, order, count, err)
			: over_damaged_head(replay, order, count, err);

	if (r < 0)
		return -1;
	if (!replay->writes)
		return v2v_fail(err, DIRTY,
			"its transaction logs are older than the hive");
	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		if (has_later_entries(replay, &replay->logs[i]))
			return v2v_fail(err, DIRTY,
				"an entry of its transaction logs is damaged, "
				"and later ones are there");
	return 0;
}
