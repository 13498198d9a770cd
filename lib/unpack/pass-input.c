/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libarchive, and beneath it the bytes of a compressed tar. */
#include "unpack/pass-input.h"

#include "unpack/ova-private.h"
#include "unpack/packed.h"
#include "unpack/tar-headers.h"

#include <archive.h>
#include <archive_entry.h>

#define BLOCK	    (1 << 16)
#define MAX_PADDING (64 << 20) /* behind the tar, bytes */
#define MAX_HEADERS (4 << 20)  /* of a member, bytes; more are not checked */

int v2v_pass_fail(const struct v2v_pass_input *in, struct v2v_error *err)
{
	return in->failed.code
		       ? v2v_fail(err, in->failed.code, "%s", in->failed.text)
		       : v2v_ova_fail(in->ova, in->archive, err);
}

/* The tar inside, for libarchive to read: so that what comes behind its end can
 * be read too, where the check sum of the compression is. */
static la_ssize_t read_packed(
	struct archive *archive, void *opaque, const void **ret_data)
{
	struct v2v_pass_input *in = opaque;
	ssize_t n = v2v_packed_read(in->packed, ret_data, &in->failed);

	if (n < 0) {
		archive_set_error(archive, EIO, "%s", in->failed.text);
		return -1;
	}
	in->block = *ret_data;
	in->block_size = (size_t)n;
	in->lent += (uint64_t)n;
	in->keeps &= in->headers.length + in->block_size <= MAX_HEADERS;
	if (in->keeps)
		v2v_text_add(&in->headers, in->block, in->block_size);
	return n;
}

static int check_end(struct v2v_pass_input *in, struct v2v_error *err)
{
	uint64_t padding = 0;
	const void *data;
	ssize_t n;

	while (in->packed &&
		(n = v2v_packed_read(in->packed, &data, err)) != 0) {
		if (n < 0)
			return -1;
		padding += (uint64_t)n;
		if (padding > MAX_PADDING)
			return v2v_fail(err, "ova-limit",
				"'%s': more than %d bytes behind the end of "
				"the tar in it",
				in->ova->file, MAX_PADDING);
	}
	return 0;
}

int v2v_pass_open(struct v2v_pass_input *in, struct v2v *v,
	const struct v2v_ova *ova, int fd, struct v2v_error *err)
{
	bool is_packed = ova->kind == V2V_CONTAINER_PACKED;
	int status;

	in->ova = ova;
	in->archive = archive_read_new();
	if (ova->kind == V2V_CONTAINER_ZIP)
		archive_read_support_format_zip_seekable(in->archive);
	else
		archive_read_support_format_tar(in->archive);
	if (is_packed)
		in->packed = v2v_packed_open_fd(v, fd, ova->file, err);
	if (is_packed && !in->packed)
		return -1;
	status = is_packed ? archive_read_open(
				     in->archive, in, NULL, read_packed, NULL)
			   : archive_read_open_fd(in->archive, fd, BLOCK);
	return status == ARCHIVE_OK ? 0 : v2v_pass_fail(in, err);
}

void v2v_pass_close(struct v2v_pass_input *in)
{
	if (in->archive)
		archive_read_free(in->archive);
	v2v_packed_free(in->packed);
	v2v_text_clear(&in->headers);
}

/* From the tar's byte *@ret_start on, where the next member begins, keep what
 * libarchive reads. */
static int keep_headers(
	struct v2v_pass_input *in, uint64_t *ret_start, struct v2v_error *err)
{
	uint64_t left;

	if (in->in_member && archive_read_data_skip(in->archive) != ARCHIVE_OK)
		return v2v_pass_fail(in, err);
	*ret_start = (uint64_t)archive_filter_bytes(in->archive, 0);
	left = in->lent - *ret_start;
	in->headers.length = 0;
	in->keeps = left <= in->block_size;
	if (in->keeps)
		v2v_text_add(
			&in->headers, in->block + in->block_size - left, left);
	return 0;
}

/* Where @headers begin in the tar. */
struct kept {
	const struct v2v_text *headers;
	uint64_t start;
};

static bool read_kept(const void *opaque, void *data, size_t size, uint64_t at)
{
	const struct kept *kept = opaque;
	size_t length = kept->headers->length;

	if (at < kept->start || at - kept->start > length ||
		size > length - (at - kept->start))
		return false;
	memcpy(data, kept->headers->data + (at - kept->start), size);
	return true;
}

static int check_headers(
	struct v2v_pass_input *in, uint64_t start, struct v2v_error *err)
{
	const struct kept kept = { &in->headers, start };
	const struct v2v_tar_bytes tar = { read_kept, &kept, in->ova->file,
		start + in->headers.length };
	uint64_t offset;

	in->keeps = false;
	return v2v_tar_follow(&tar,
		       (uint64_t)archive_read_header_position(in->archive), 0,
		       &offset, err) < 0
		       ? -1
		       : 0;
}

int v2v_pass_next(struct v2v_pass_input *in, struct archive_entry **ret_entry,
	struct v2v_error *err)
{
	uint64_t start = 0;
	int status;

	if (in->packed && keep_headers(in, &start, err) < 0)
		return -1;
	status = archive_read_next_header(in->archive, ret_entry);
	if (status == ARCHIVE_EOF)
		return check_end(in, err);
	if (status < ARCHIVE_WARN || status == ARCHIVE_RETRY)
		return v2v_pass_fail(in, err);
	in->in_member = true;
	if (in->packed && check_headers(in, start, err) < 0)
		return -1;
	return 1;
}
