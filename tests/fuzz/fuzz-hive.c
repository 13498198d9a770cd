/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A registry hive with its transaction logs.  Checksums and hashes are made
 * right, so that what they protect is reached: the first byte says which.  Then
 * the sizes of the primary file, LOG1 and LOG2 (in units of 512 bytes, one byte
 * each), and the bytes of each; what is left is LOG.
 */
#include "scratch.h"

#include "windows/replay/replay-private.h"

#define HEADER	   4
#define ENTRY	   40
#define IS_LEFT(n) ((how & (n)) != 0)

static void put_le64(unsigned char *p, uint64_t n)
{
	put_le32(p, (uint32_t)n);
	put_le32(p + 4, (uint32_t)(n >> 32));
}

static void correct_head(struct v2v_hive_bytes *file, unsigned char *bytes)
{
	if (file->size >= HIVE_SECTOR)
		put_le32(bytes + HIVE_CHECKSUM, v2v_hive_checksum(bytes));
}

static void correct_entries(struct v2v_hive_bytes *file, unsigned char *bytes)
{
	for (size_t at = HIVE_SECTOR; at + HIVE_SECTOR <= file->size;) {
		unsigned char *p = bytes + at;
		size_t size = le32(p + 4);

		if (memcmp(p, "HvLE", 4) != 0 || size < HIVE_SECTOR ||
			size % HIVE_SECTOR != 0 || size > file->size - at)
			return;
		put_le64(p + 24, v2v_hive_hash(p + ENTRY, size - ENTRY));
		put_le64(p + 32, v2v_hive_hash(p, 32));
		at += size;
	}
}

/* Up to @most bytes of what is left, a copy. */
static unsigned char *take(const uint8_t **data, size_t *size, size_t most,
	struct v2v_hive_bytes *ret_file)
{
	size_t n = most < *size ? most : *size;
	unsigned char *bytes = v2v_alloc(1, n + 1);

	memcpy(bytes, *data, n);
	*data += n;
	*size -= n;
	*ret_file = (struct v2v_hive_bytes){ bytes, n };
	return bytes;
}

/* What is called whole is clean, and its bins follow each other. */
static void check(const struct v2v_hive_replayed *result, uint32_t most)
{
	const struct v2v_hive_bytes file = { result->data, result->size };
	const struct v2v_hive_head head = v2v_hive_head_read(&file);

	if (!result->data)
		return;
	if (!v2v_hive_is_clean(&file) || head.type != HIVE_IS_PRIMARY ||
		head.bins > most || head.bins > result->size - HIVE_BLOCK ||
		!result->writes)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2v_hive_files files = { .most = 256 << 10 };
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };
	unsigned char *owned[4];
	uint8_t how, units[HEADER - 1];

	if (size < HEADER)
		return 0;
	how = data[0];
	memcpy(units, data + 1, sizeof units);
	data += HEADER;
	size -= HEADER;
	owned[3] = take(&data, &size, units[0] * HIVE_SECTOR, &files.primary);
	for (size_t i = 0; i < 3; i++)
		owned[i] = take(&data, &size,
			i < 2 ? units[i + 1] * HIVE_SECTOR : SIZE_MAX,
			&files.logs[i]);
	if (!IS_LEFT(1))
		correct_head(&files.primary, owned[3]);
	for (size_t i = 0; i < 3; i++) {
		if (!IS_LEFT(2U << i))
			correct_head(&files.logs[i], owned[i]);
		if (!IS_LEFT(16U << i))
			correct_entries(&files.logs[i], owned[i]);
	}
	if (v2v_hive_replay(&files, &result, &err) == 0) {
		check(&result, files.most);
		free(result.data);
	}
	for (size_t i = 0; i < ARRAY_SIZE(owned); i++)
		free(owned[i]);
	return 0;
}
