/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of a plain tar: where each member's bytes lie. */
#include "core/file.h"
#include "unpack/ova-private.h"

#include <archive.h>
#include <archive_entry.h>

#define BLOCK	  512
#define MAX_OCTAL 077777777777ULL /* of a size field */

/* The size field of a header (tar.h, and GNU's binary form for large files);
 * false where it is neither. */
static bool header_size(const unsigned char *block, uint64_t *ret_size)
{
	const unsigned char *field = block + 124;
	uint64_t size = 0;
	int i = 0;

	if (*field == 0x80) {
		for (i = 1; i < 12; i++) {
			if (size >> 55)
				return false;
			size = size << 8 | field[i];
		}
		*ret_size = size;
		return true;
	}
	while (i < 11 && field[i] == ' ')
		i++;
	for (; i < 12 && field[i] >= '0' && field[i] <= '7'; i++)
		size = size << 3 | (field[i] - (unsigned)'0');
	*ret_size = size;
	return i == 12 || field[i] == '\0' || field[i] == ' ';
}

/*
 * Where a member's @size bytes begin.  libarchive says where its first header
 * is; the headers that only extend the next one (pax x and g, GNU L and K) are
 * walked.  The last one must be a plain file's and state the same size: a
 * sparse member has a map before its bytes even without holes.  Writers of pax
 * leave the field 0 where it cannot hold the size.  Where that does not fit, or
 * the headers cannot be followed, false: libarchive has to unpack it.
 */
static bool find_data(int fd, uint64_t file_size, uint64_t header,
	uint64_t size, uint64_t *ret_offset)
{
	for (unsigned i = 0; i < 64; i++) {
		unsigned char block[BLOCK];
		uint64_t stated;

		if (v2v_pread_all(fd, "", block, sizeof block, header, NULL) <
				0 ||
			!header_size(block, &stated))
			return false;
		header += BLOCK;
		if (!memchr("xgLK", block[156], 4)) {
			*ret_offset = header;
			return memchr("0\0007", block[156], 3) &&
			       (stated == size ||
				       (!stated && size > MAX_OCTAL));
		}
		if (stated > file_size)
			return false;
		header += (stated + BLOCK - 1) / BLOCK * BLOCK;
	}
	return false;
}

/* One member of a tar file that is open as @fd. */
struct tar {
	struct v2v_ova *ova;
	struct archive *archive;
	int fd;
	uint64_t size;
};

static int add_entry(
	struct tar *tar, struct archive_entry *entry, struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL;
	struct v2v_ova_member *member;
	uint64_t offset, size;
	int found = v2v_ova_entry(tar->ova, entry, &name, &size, err);

	if (found <= 0)
		return found;
	if (v2v_ova_add(tar->ova, name, size, &member, err) < 0)
		return -1;
	if (archive_entry_sparse_count(entry) > 0 ||
		!find_data(tar->fd, tar->size,
			(uint64_t)archive_read_header_position(tar->archive),
			size, &offset))
		return 0;
	if (offset > tar->size || size > tar->size - offset)
		return v2v_fail(err, "ova-truncated",
			"'%s' is cut off: the member '%s' is not all there",
			tar->ova->file, name);
	member->file = v2v_strdup(tar->ova->file);
	member->offset = offset;
	return 0;
}

static int read_index(struct v2v *v, struct tar *tar, struct v2v_error *err)
{
	struct archive_entry *entry;
	int status;

	archive_read_support_format_tar(tar->archive);
	if (archive_read_open_fd(tar->archive, tar->fd, 1 << 16) != ARCHIVE_OK)
		return v2v_ova_fail(tar->ova, tar->archive, err);
	while ((status = archive_read_next_header(tar->archive, &entry)) !=
		ARCHIVE_EOF) {
		if (status < ARCHIVE_WARN || status == ARCHIVE_RETRY)
			return v2v_ova_fail(tar->ova, tar->archive, err);
		if (v2v_check_cancel(v, err) < 0 ||
			add_entry(tar, entry, err) < 0)
			return -1;
	}
	return 0;
}

/* The texts of sparse or odd members have no place: one pass reads them. */
static bool has_packed_text(const struct v2v_ova *ova)
{
	uint64_t max;

	v2v_ova_foreach(member,
		ova) if (!member->file &&
			 v2v_ova_is_text(member->name, &max)) return true;
	return false;
}

int v2v_ova_open_tar(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	struct tar tar = { .ova = ova };
	CLEANUP_CLOSE int fd = v2v_open_regular(ova->file, &tar.size, err);
	int status;

	if (fd < 0)
		return -1;
	tar.fd = fd;
	tar.archive = archive_read_new();
	status = read_index(v, &tar, err);
	archive_read_free(tar.archive);
	if (status == 0 && has_packed_text(ova))
		status = v2v_ova_pass(v, ova, false, err);
	return status;
}
