/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of a plain tar: where each member's bytes lie. */
#include "core/file.h"
#include "unpack/ova-private.h"
#include "unpack/tar-headers.h"

#include <archive.h>
#include <archive_entry.h>

/* One member of a tar file that is open as @fd. */
struct tar {
	struct v2v_ova *ova;
	struct archive *archive;
	int fd;
	uint64_t size;
};

static bool read_tar(const void *opaque, void *data, size_t size, uint64_t at)
{
	const struct tar *tar = opaque;

	return v2v_pread_all(tar->fd, "", data, size, at, NULL) == 0;
}

static int add_entry(
	struct tar *tar, struct archive_entry *entry, struct v2v_error *err)
{
	const struct v2v_tar_bytes bytes = { read_tar, tar, tar->ova->file,
		tar->size };
	CLEANUP_FREE char *name = NULL;
	struct v2v_ova_member *member;
	uint64_t offset, size = 0;
	int found = v2v_ova_entry(tar->ova, entry, &name, &size, err);
	int has_place;

	if (found < 0)
		return -1;
	has_place = v2v_tar_follow(&bytes,
		(uint64_t)archive_read_header_position(tar->archive), size,
		&offset, err);
	if (has_place < 0 || !found)
		return has_place < 0 ? -1 : 0;
	if (v2v_ova_add(tar->ova, name, size, &member, err) < 0)
		return -1;
	/* Else libarchive has to unpack it. */
	if (archive_entry_sparse_count(entry) > 0 || !has_place)
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

	v2v_ova_foreach (member, ova)
		if (!member->file && v2v_ova_is_text(member->name, &max))
			return true;
	return false;
}

static int open_tar(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
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

const struct v2v_container_ops v2v_container_tar = {
	.kind = V2V_CONTAINER_TAR,
	.open = open_tar,
	.fetch = v2v_ova_pass_again,
};
