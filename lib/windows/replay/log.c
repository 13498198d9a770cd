/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transaction log: which form it has, and the entries of the newer one. */
#include "windows/replay/replay-private.h"

#define ENTRY_HEADER 40

/* Where the fields of an entry are. */
enum {
	ENTRY_SIZE = 4,
	ENTRY_FLAGS = 8,
	ENTRY_SEQUENCE = 12,
	ENTRY_BINS = 16,
	ENTRY_COUNT = 20,
	ENTRY_HASH1 = 24,
	ENTRY_HASH2 = 32
};

bool v2v_hive_entry_read(const struct v2v_hive_bytes *log, size_t offset,
	struct v2v_hive_entry *ret_entry)
{
	const unsigned char *p;
	size_t size;

	if (offset > log->size || log->size - offset < HIVE_SECTOR)
		return false;
	p = log->data + offset;
	if (memcmp(p, "HvLE", 4) != 0)
		return false;
	size = le32(p + ENTRY_SIZE);
	if (size < HIVE_SECTOR || size % HIVE_SECTOR != 0 ||
		size > log->size - offset ||
		le64(p + ENTRY_HASH2) != v2v_hive_hash(p, ENTRY_HASH2) ||
		le64(p + ENTRY_HASH1) !=
			v2v_hive_hash(p + ENTRY_HEADER, size - ENTRY_HEADER))
		return false;
	*ret_entry = (struct v2v_hive_entry){ size, le32(p + ENTRY_FLAGS),
		le32(p + ENTRY_SEQUENCE), le32(p + ENTRY_BINS),
		p + ENTRY_HEADER, le32(p + ENTRY_COUNT) };
	return true;
}

bool v2v_hive_entry_is_good(const struct v2v_hive_entry *entry, uint32_t most)
{
	size_t room = entry->size - ENTRY_HEADER;

	if (entry->bins == 0 || entry->bins % HIVE_BLOCK != 0 ||
		entry->bins > most || entry->count > room / HIVE_REFERENCE)
		return false;
	room -= entry->count * HIVE_REFERENCE;
	for (size_t i = 0; i < entry->count; i++) {
		const struct v2v_hive_reference page =
			v2v_hive_reference(entry, i);

		if (page.size > room || page.at > entry->bins ||
			page.size > entry->bins - page.at)
			return false;
		room -= page.size;
	}
	return true;
}

/* Section "Log entries", note 7: the first has the number of the base block,
 * each other the next one. */
static bool read_entries(struct v2v_hive_log *log, uint32_t most)
{
	uint32_t expected = log->head.sequence1;
	struct v2v_hive_entry entry;
	bool is_any = false;

	for (size_t at = HIVE_SECTOR;
		v2v_hive_entry_read(&log->bytes, at, &entry) &&
		entry.sequence == expected &&
		v2v_hive_entry_is_good(&entry, most);
		at += entry.size, expected++) {
		log->last = expected;
		is_any = true;
	}
	log->first = log->head.sequence1;
	return is_any;
}

static bool is_blank(const struct v2v_hive_bytes *file)
{
	for (size_t i = 0; i < HIVE_SECTOR && i < file->size; i++)
		if (file->data[i])
			return false;
	return true;
}

struct v2v_hive_log v2v_hive_log_read(
	const struct v2v_hive_bytes *file, uint32_t most)
{
	struct v2v_hive_log log = { HIVE_LOG_DAMAGED, *file,
		v2v_hive_head_read(file), 0, 0 };

	if (is_blank(file))
		log.kind = HIVE_LOG_NONE;
	else if (!log.head.is_known || log.head.bins > most ||
		 log.head.sequence1 != log.head.sequence2)
		return log;
	else if (log.head.type == HIVE_IS_ENTRIES)
		log.kind = read_entries(&log, most) ? HIVE_LOG_ENTRIES
						    : HIVE_LOG_DAMAGED;
	else if (log.head.type == HIVE_IS_PAGES ||
		 log.head.type == HIVE_IS_PAGES_OF_2000)
		log.kind = HIVE_LOG_PAGES;
	return log;
}
