/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The index of a zip (PKWARE APPNOTE 6.3).  libarchive reads it; it does not
 * tell where a stored member's bytes begin, so the central directory is walked
 * for that alone, and a member whose place is in doubt is unpacked.
 */
#include "core/file.h"
#include "image/bytes.h"
#include "unpack/ova-private.h"

#define END_SIZE      22
#define MAX_COMMENT   65535
#define LOCAL_SIZE    30
#define CENTRAL_SIZE  46
#define MAX_DIRECTORY (8 << 20) /* bytes */
#define ZIP64_ID      1

struct zip {
	struct v2v_ova *ova;
	int fd;
	uint64_t size;
};

static bool read_at(const struct zip *zip, void *data, size_t size, uint64_t at)
{
	return v2v_pread_all(zip->fd, "", data, size, at, NULL) == 0;
}

/* The central directory of an archive larger than 4 GiB: its locator is
 * just before the end record. */
static bool find_directory64(const struct zip *zip, uint64_t end,
	uint64_t *ret_at, uint64_t *ret_size)
{
	unsigned char locator[20], record[56];

	if (end < sizeof locator ||
		!read_at(zip, locator, sizeof locator, end - sizeof locator) ||
		memcmp(locator, "PK\6\7", 4) != 0 ||
		!read_at(zip, record, sizeof record, le64(locator + 8)) ||
		memcmp(record, "PK\6\6", 4) != 0)
		return false;
	*ret_size = le64(record + 40);
	*ret_at = le64(record + 48);
	return true;
}

static bool find_directory(
	const struct zip *zip, uint64_t *ret_at, uint64_t *ret_size)
{
	uint64_t n = zip->size < END_SIZE + MAX_COMMENT
			     ? zip->size
			     : END_SIZE + MAX_COMMENT;
	CLEANUP_FREE unsigned char *tail = v2v_alloc(1, n + 1);

	if (n < END_SIZE || !read_at(zip, tail, n, zip->size - n))
		return false;
	for (uint64_t i = n - END_SIZE + 1; i-- > 0;) {
		if (memcmp(tail + i, "PK\5\6", 4) != 0)
			continue;
		*ret_size = le32(tail + i + 12);
		*ret_at = le32(tail + i + 16);
		return *ret_at != UINT32_MAX && *ret_size != UINT32_MAX
			       ? true
			       : find_directory64(zip, zip->size - n + i,
					 ret_at, ret_size);
	}
	return false;
}

/* Sizes and offset that do not fit into 32 bits are in an extra field, in
 * this order and only those. */
static bool read_zip64(const unsigned char *extra, size_t length,
	uint64_t *packed, uint64_t *size, uint64_t *header)
{
	uint64_t *const values[] = { size, packed, header };

	while (length >= 4 && le16(extra) != ZIP64_ID) {
		size_t n = 4 + (size_t)le16(extra + 2);

		if (n > length)
			return false;
		extra += n;
		length -= n;
	}
	for (size_t i = 0, at = 4; i < 3; i++) {
		if (*values[i] != UINT32_MAX)
			continue;
		if (at + 8 > length)
			return false;
		*values[i] = le64(extra + at);
		at += 8;
	}
	return true;
}

/* A stored member, whole and in the file: it has a place. */
static void place(const struct zip *zip, const unsigned char *entry)
{
	size_t n = le16(entry + 28);
	uint64_t packed = le32(entry + 20), size = le32(entry + 24);
	uint64_t header = le32(entry + 42), offset;
	CLEANUP_FREE char *stored =
		v2v_strndup((const char *)entry + CENTRAL_SIZE, n);
	CLEANUP_FREE char *name = NULL;
	struct v2v_ova_member *member;
	unsigned char local[LOCAL_SIZE];

	if (le16(entry + 10) != 0 ||
		!read_zip64(entry + CENTRAL_SIZE + n, le16(entry + 30), &packed,
			&size, &header) ||
		packed != size || header > zip->size ||
		!read_at(zip, local, sizeof local, header) ||
		memcmp(local, "PK\3\4", 4) != 0 || le16(local + 8) != 0 ||
		v2v_ova_clean_name(zip->ova, stored, &name, NULL) < 0)
		return;
	offset = header + LOCAL_SIZE + le16(local + 26) + le16(local + 28);
	member = v2v_ova_find(zip->ova, name);
	/* qemu reads whole sectors: behind this member lies another one. */
	if (!member || member->file || member->size != size || size % 512 ||
		offset > zip->size || size > zip->size - offset)
		return;
	member->file = v2v_strdup(zip->ova->file);
	member->offset = offset;
}

static void place_all(const struct zip *zip)
{
	uint64_t at, size, pos = 0;
	CLEANUP_FREE unsigned char *directory = NULL;

	if (!find_directory(zip, &at, &size) || size > MAX_DIRECTORY ||
		at > zip->size || size > zip->size - at)
		return;
	directory = v2v_alloc(1, size + 1);
	if (!read_at(zip, directory, size, at))
		return;
	while (pos + CENTRAL_SIZE <= size &&
		memcmp(directory + pos, "PK\1\2", 4) == 0) {
		const unsigned char *entry = directory + pos;
		uint64_t n = CENTRAL_SIZE + (uint64_t)le16(entry + 28) +
			     le16(entry + 30) + le16(entry + 32);

		if (n > size - pos)
			return;
		place(zip, entry);
		pos += n;
	}
}

static int open_zip(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	struct zip zip = { .ova = ova };
	CLEANUP_CLOSE int fd = v2v_open_regular(ova->file, &zip.size, err);

	if (fd < 0)
		return -1;
	zip.fd = fd;
	/* Members that nobody asked for are skipped without reading them. */
	if (v2v_ova_pass(v, ova, true, err) < 0)
		return -1;
	place_all(&zip);
	return 0;
}

const struct v2v_container_ops v2v_container_zip = {
	.kind = V2V_CONTAINER_ZIP,
	.open = open_zip,
	.fetch = v2v_ova_pass_again,
};
