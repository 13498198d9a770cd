/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of an NTFS: boot sector, master file table, file $Volume. */
#include "windows/ntfs.h"

#include <string.h>

#define SECTOR 512

/* The number of $Volume, of its attribute $VOLUME_INFORMATION, and where that
 * has its flags. */
#define VOLUME_FILE	   3
#define VOLUME_INFORMATION 0x70
#define FLAGS_AT	   10
#define IS_DIRTY	   1

#define MOST_RECORD 65536

struct record {
	unsigned char data[MOST_RECORD];
	uint32_t size;
};

static uint64_t little(const unsigned char *at, size_t size)
{
	uint64_t number = 0;

	while (size-- > 0)
		number = number << 8 | at[size];
	return number;
}

/* Powers of two: as they are, or negative and of the bytes. */
static uint64_t record_size(const unsigned char *boot, uint64_t cluster)
{
	const int8_t clusters = (int8_t)boot[0x40];

	if (clusters >= 0)
		return (uint64_t)clusters * cluster;
	return clusters > -17 ? 1ULL << -clusters : 0;
}

/* Where the record of $Volume is, and its size; false: not an NTFS. */
static bool find_record(
	const unsigned char *boot, int64_t *ret_offset, uint32_t *ret_size)
{
	const uint64_t sector = little(boot + 0x0b, 2);
	const int8_t per_cluster = (int8_t)boot[0x0d];
	uint64_t cluster, size, table = little(boot + 0x30, 8);

	if (memcmp(boot + 3, "NTFS    ", 8) != 0 || per_cluster < -12)
		return false;
	cluster = sector * (per_cluster < 0 ? 1ULL << -per_cluster
					    : (uint64_t)per_cluster);
	size = record_size(boot, cluster);
	if (cluster == 0 || cluster > 2U << 20 || size < SECTOR ||
		size > MOST_RECORD || size % SECTOR || table > INT64_MAX >> 23)
		return false;
	*ret_offset = (int64_t)(table * cluster + VOLUME_FILE * size);
	*ret_size = (uint32_t)size;
	return true;
}

/* The end of each sector is kept in an array at the head, so that a sector that
 * was not written is found. */
static bool apply_fixups(struct record *record)
{
	const uint64_t at = little(record->data + 4, 2),
		       count = little(record->data + 6, 2);

	if (memcmp(record->data, "FILE", 4) != 0 ||
		count != record->size / SECTOR + 1 ||
		at + 2 * count > SECTOR - 2)
		return false;
	for (uint64_t i = 1; i < count; i++) {
		unsigned char *end = record->data + i * SECTOR - 2;

		if (memcmp(end, record->data + at, 2) != 0)
			return false;
		memcpy(end, record->data + at + 2 * i, 2);
	}
	return true;
}

static bool is_dirty(const struct record *record)
{
	uint64_t at = little(record->data + 0x14, 2), size;

	for (; at + 24 <= record->size; at += size) {
		const unsigned char *attribute = record->data + at;
		const uint64_t value = at + little(attribute + 0x14, 2);

		size = little(attribute + 4, 4);
		if (size < 24 || size > record->size - at)
			return false;
		if (little(attribute, 4) != VOLUME_INFORMATION)
			continue;
		return attribute[8] == 0 && value + 12 <= record->size &&
		       record->data[value + FLAGS_AT] & IS_DIRTY;
	}
	return false;
}

bool v2v_ntfs_is_dirty(
	bool (*read)(void *opaque, int64_t offset, void *data, size_t size),
	void *opaque)
{
	CLEANUP_FREE struct record *record = v2v_alloc(1, sizeof *record);
	unsigned char boot[SECTOR];
	int64_t offset;

	return read(opaque, 0, boot, sizeof boot) &&
	       find_record(boot, &offset, &record->size) &&
	       read(opaque, offset, record->data, record->size) &&
	       apply_fixups(record) && is_dirty(record);
}
