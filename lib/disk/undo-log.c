/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of an undo log. */
#include "disk/undo-log.h"

#include "core/file.h"
#include "image/bytes.h"

#define MAGIC  0x55763276U /* "v2vU" */
#define HEADER 40
#define SUM_AT 32

static void put_le64(unsigned char *p, uint64_t n)
{
	n = htole64(n);
	memcpy(p, &n, sizeof n);
}

/* FNV-1a over words of 64 bits: against what was half written, not against
 * anybody. */
static uint64_t sum(uint64_t state, const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = 0;

		memcpy(&word, data + i, size - i < 8 ? size - i : 8);
		state = (state ^ le64toh(word)) * 0x100000001b3ULL;
		state ^= state >> 29;
	}
	return state;
}

static uint64_t sum_of(
	const unsigned char *header, const void *data, size_t size)
{
	uint64_t state = sum(0xcbf29ce484222325ULL, header, SUM_AT);

	return size ? sum(state, data, size) : state;
}

static size_t data_size(const struct v2v_undo_record *record)
{
	return record->kind == V2V_UNDO_OLD ? record->length : 0;
}

int v2v_undo_put(int fd, const char *name, const struct v2v_undo_record *record,
	const void *data, struct v2v_error *err)
{
	unsigned char header[HEADER] = { 0 };
	size_t size = data_size(record);

	put_le32(header, MAGIC);
	put_le32(header + 4, record->kind);
	put_le32(header + 8, record->disk);
	put_le64(header + 16, record->at);
	put_le64(header + 24, record->length);
	put_le64(header + SUM_AT, sum_of(header, data, size));
	if (v2v_write_all(fd, name, header, sizeof header, err) < 0)
		return -1;
	return v2v_write_all(fd, name, data, size, err);
}

static bool get(int fd, void *data, size_t size)
{
	while (size) {
		ssize_t n = read(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data = (char *)data + n;
		size -= (size_t)n;
	}
	return true;
}

/* 0: too short, or zeros. */
static uint32_t get_magic(int fd)
{
	unsigned char magic[4];

	return pread(fd, magic, sizeof magic, 0) == sizeof magic ? le32(magic)
								 : 0;
}

bool v2v_undo_is_log(int fd)
{
	return get_magic(fd) == MAGIC;
}

bool v2v_undo_is_foreign(int fd)
{
	uint32_t magic = get_magic(fd);

	return magic && magic != MAGIC;
}

int v2v_undo_get(int fd, struct v2v_undo_record *record, void *data)
{
	unsigned char header[HEADER];
	size_t size;

	if (!get(fd, header, sizeof header) || le32(header) != MAGIC)
		return 0;
	*record = (struct v2v_undo_record){ .kind = le32(header + 4),
		.disk = le32(header + 8),
		.at = le64(header + 16),
		.length = le64(header + 24) };
	size = data_size(record);
	return size <= V2V_UNDO_MOST && get(fd, data, size) &&
	       sum_of(header, data, size) == le64(header + SUM_AT);
}
