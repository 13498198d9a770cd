/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files as streams, through libarchive's filters. */
#include "initrd/stream.h"

#include "core/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <libdeflate.h>

#define BLOCK (256 << 10)

struct v2v_stream {
	struct v2v *v;
	int fd;
	uint64_t offset, end;	 /* what is left of the file */
	uint64_t given, max;	 /* bytes handed out so far, at most */
	uint64_t *left;		 /* lent: of all streams; NULL */
	struct archive *archive; /* NULL: as it is */
	char block[BLOCK];
};

const char *v2v_stream_compression(const unsigned char magic[6])
{
	static const struct {
		const char *name;
		size_t length;
		unsigned char magic[6];
	} known[] = {
		{ "gzip", 2, { 0x1f, 0x8b } },
		{ "bzip2", 3, { 'B', 'Z', 'h' } },
		{ "xz", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
		{ "lzma", 3, { 0x5d, 0x00, 0x00 } },
		{ "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
		{ "lz4", 4, { 0x04, 0x22, 0x4d, 0x18 } },
		{ "lz4-legacy", 4, { 0x02, 0x21, 0x4c, 0x18 } },
		{ "lzo", 4, { 0x89, 0x4c, 0x5a, 0x4f } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (memcmp(magic, known[i].magic, known[i].length) == 0)
			return known[i].name;
	return NULL;
}

static ssize_t read_file(struct v2v_stream *s, void *data, size_t size)
{
	ssize_t n;

	if (size > s->end - s->offset)
		size = (size_t)(s->end - s->offset);
	if (size == 0)
		return 0;
	do
		n = pread(s->fd, data, size, (off_t)s->offset);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		s->offset += (uint64_t)n;
	return n;
}

static ssize_t on_read(struct archive *a, void *opaque, const void **ret_block)
{
	struct v2v_stream *s = opaque;
	ssize_t n;

	/* Input may go on and on without giving any output. */
	if (v2v_is_cancelled(s->v)) {
		archive_set_error(a, ECANCELED, "cancelled");
		return -1;
	}
	n = read_file(s, s->block, sizeof s->block);
	if (n < 0)
		archive_set_error(a, errno, "cannot read the file");
	*ret_block = s->block;
	return n;
}

static bool add_filter(struct archive *a, const char *compression)
{
	static const struct {
		const char *name;
		int (*add)(struct archive *a);
	} filters[] = {
		{ "gzip", archive_read_support_filter_gzip },
		{ "bzip2", archive_read_support_filter_bzip2 },
		{ "xz", archive_read_support_filter_xz },
		{ "lzma", archive_read_support_filter_lzma },
		{ "zstd", archive_read_support_filter_zstd },
		{ "lz4", archive_read_support_filter_lz4 },
		{ "lz4-legacy", archive_read_support_filter_lz4 },
	};

	/* Anything but ARCHIVE_OK: by an external program. */
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (strcmp(filters[i].name, compression) == 0)
			return filters[i].add(a) == ARCHIVE_OK;
	return false;
}

static int open_filter(
	struct v2v_stream *s, const char *compression, struct v2v_error *err)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;

	s->archive = a;
	if (!add_filter(a, compression))
		return v2v_fail(err, "initrd-unreadable",
			"its compression, %s, cannot be read", compression);
	archive_read_support_format_raw(a);
	if (archive_read_open(a, s, NULL, on_read, NULL) != ARCHIVE_OK ||
		archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return v2v_fail(err, "initrd-unreadable",
			"the compressed archive cannot be read: %s",
			archive_error_string(a));
	/* libarchive looks into what it decompressed for another compressed
	 * stream, 25 layers deep; the kernel does not.  The file counts too. */
	if (archive_filter_count(a) != 2)
		return v2v_fail(err, "initrd-unreadable",
			"the compressed archive is not a cpio archive");
	return 0;
}

/* An initramfs is packed to a third, hardly ever to a tenth. */
#define MAX_RATIO  64
#define FREE_BYTES (256ULL << 20)

static uint64_t most(uint64_t packed)
{
	return packed < (V2V_STREAM_MAX_BYTES - FREE_BYTES) / MAX_RATIO
		       ? FREE_BYTES + packed * MAX_RATIO
		       : V2V_STREAM_MAX_BYTES;
}

struct v2v_stream *v2v_stream_open(struct v2v *v, int fd, uint64_t offset,
	uint64_t end, const char *compression, struct v2v_error *err)
{
	struct v2v_stream *s = v2v_alloc(1, sizeof *s);

	s->v = v;
	s->fd = fd;
	s->offset = offset;
	s->end = end;
	s->max = most(end - offset);
	if (compression && open_filter(s, compression, err) < 0) {
		v2v_stream_close(s);
		return NULL;
	}
	return s;
}

void v2v_stream_close(struct v2v_stream *s)
{
	if (!s)
		return;
	if (s->archive)
		archive_read_free(s->archive);
	free(s);
}

void v2v_stream_limit(struct v2v_stream *s, uint64_t *left)
{
	s->left = left;
}

/* Plain bytes are as many as the file has. */
static int count(struct v2v_stream *s, uint64_t n, struct v2v_error *err)
{
	s->given += n;
	if (!s->archive)
		return 0;
	if (s->given > s->max)
		return v2v_fail(err, "initrd-too-large",
			"it unpacks to more than %llu bytes",
			(unsigned long long)s->max);
	if (s->left && n > *s->left)
		return v2v_fail(err, "initrd-too-large",
			"the guest's initrds unpack to more bytes together "
			"than are looked at");
	if (s->left)
		*s->left -= n;
	return 0;
}

ssize_t v2v_stream_read(
	struct v2v_stream *s, void *data, size_t size, struct v2v_error *err)
{
	ssize_t n;

	if (v2v_check_cancel(s->v, err) < 0)
		return -1;
	if (s->archive)
		n = archive_read_data(s->archive, data, size);
	else
		n = read_file(s, data, size);
	if (n < 0 && v2v_check_cancel(s->v, err) < 0)
		return -1;
	if (n < 0)
		return v2v_fail(err, "initrd-unreadable",
			"it cannot be read: %s",
			s->archive ? archive_error_string(s->archive)
				   : "input/output error");
	return count(s, (uint64_t)n, err) < 0 ? -1 : n;
}

uint64_t v2v_stream_skip(struct v2v_stream *s, uint64_t size)
{
	if (s->archive)
		return 0;
	if (size > s->end - s->offset)
		size = s->end - s->offset;
	s->offset += size;
	return size;
}

/* What memory may hold of what is packed again, and how well it is packed: as
 * fast as can be, and still smaller than by LZ4, from which it comes. */
#define AT_ONCE	   (48 << 20)
#define GZIP_LEVEL 1

static int gzip_at_once(
	const struct v2v_text *text, int out, struct v2v_error *err)
{
	struct libdeflate_compressor *c =
		libdeflate_alloc_compressor(GZIP_LEVEL);
	size_t room = libdeflate_gzip_compress_bound(c, text->length);
	CLEANUP_FREE char *packed = v2v_alloc(1, room);
	size_t n = libdeflate_gzip_compress(
		c, text->length ? text->data : "", text->length, packed, room);

	libdeflate_free_compressor(c);
	if (n == 0)
		return v2v_fail(err, "io", "cannot recompress the initrd");
	return v2v_write_all(out, "initrd", packed, n, err);
}

/* @begin, and what is left of @s. */
static int gzip_in_pieces(struct v2v_stream *s, const struct v2v_text *begin,
	int out, struct v2v_error *err)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);
	ssize_t n = -1;
	int status = -1;

	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_pathname(entry, "initrd");
	archive_write_set_format_raw(a);
	archive_write_add_filter_gzip(a);
	archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
	archive_write_set_filter_option(a, "gzip", "compression-level", "1");
	archive_write_set_bytes_per_block(a, BLOCK);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open_fd(a, out) == ARCHIVE_OK &&
		archive_write_header(a, entry) == ARCHIVE_OK &&
		archive_write_data(a, begin->data, begin->length) ==
			(ssize_t)begin->length)
		while ((n = v2v_stream_read(s, block, BLOCK, err)) > 0)
			if (archive_write_data(a, block, (size_t)n) != n)
				break;
	if (n == 0 && archive_write_close(a) == ARCHIVE_OK)
		status = 0;
	else
		v2v_fail(err, "io", "cannot recompress the initrd: %s",
			archive_error_string(a) ? archive_error_string(a)
						: "read error");
	archive_entry_free(entry);
	archive_write_free(a);
	return status;
}

int v2v_stream_gzip(struct v2v_stream *s, int out, struct v2v_error *err)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);
	ssize_t n = 1;

	while (text.length < AT_ONCE &&
		(n = v2v_stream_read(s, block, BLOCK, err)) > 0)
		v2v_text_add(&text, block, (size_t)n);
	if (n < 0)
		return -1;
	return n == 0 ? gzip_at_once(&text, out, err)
		      : gzip_in_pieces(s, &text, out, err);
}
