/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An ISO image of drivers, read by libarchive: Rock Ridge's or Joliet's names.
 * Files that share their bytes are links there: many folders of virtio-win have
 * the same build.
 */
#include "windows/virtio-win/source-private.h"

#include "core/file.h"
#include "core/open.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define BLOCK (1 << 16)

static inline void end_archive(struct archive **archive)
{
	archive_read_free(*archive);
}
#define CLEANUP_ARCHIVE __attribute__((cleanup(end_archive)))

static int fail(const struct v2v_driver_source *source, struct archive *archive,
	struct v2v_error *err)
{
	const char *why = archive_error_string(archive);

	return v2v_fail(err, "virtio-win",
		"cannot read '%s' as an ISO image: %s", source->place,
		why ? why : "not such an image");
}

/* NULL: the error is set. */
static struct archive *begin(
	const struct v2v_driver_source *source, struct v2v_error *err)
{
	struct archive *archive = archive_read_new();

	if (archive && lseek(source->fd, 0, SEEK_SET) == 0 &&
		archive_read_support_format_iso9660(archive) == ARCHIVE_OK &&
		archive_read_open_fd(archive, source->fd, BLOCK) == ARCHIVE_OK)
		return archive;
	fail(source, archive, err);
	archive_read_free(archive);
	return NULL;
}

/* 1: the next file is at *@ret_entry; 0: there are no more. */
static int next(const struct v2v_driver_source *source, struct archive *archive,
	struct archive_entry **ret_entry, struct v2v_error *err)
{
	int status;

	do {
		status = archive_read_next_header(archive, ret_entry);
		if (status == ARCHIVE_EOF)
			return 0;
		if (status < ARCHIVE_WARN || status == ARCHIVE_RETRY)
			return fail(source, archive, err);
	} while (archive_entry_filetype(*ret_entry) != AE_IFREG ||
		 !archive_entry_pathname(*ret_entry));
	return 1;
}

/* *@bytes: the size of the last one that had bytes; libarchive's links are to
 * that. */
static bool add(struct v2v_driver_source *source, struct archive_entry *entry,
	uint64_t *bytes)
{
	int64_t size = archive_entry_size(entry);
	const char *link = archive_entry_hardlink(entry);

	if (!link)
		*bytes = size > 0 ? (uint64_t)size : 0;
	return v2v_source_add(
		source, archive_entry_pathname(entry), *bytes, link);
}

int v2v_source_list_image(
	struct v2v_driver_source *source, struct v2v_error *err)
{
	CLEANUP_ARCHIVE struct archive *archive = begin(source, err);
	struct archive_entry *entry;
	uint64_t bytes = 0;
	int r;

	if (!archive)
		return -1;
	while ((r = next(source, archive, &entry, err)) > 0)
		if (!add(source, entry, &bytes))
			return v2v_source_fail_files(source, err);
	return r;
}

/* The file that has the bytes of @file. */
static const char *bytes_of(const struct v2v_source_file *file)
{
	return file->link ? file->link : file->path;
}

/* All of the entry, the caller's. */
static char *read_entry(const struct v2v_driver_source *source,
	struct archive *archive, struct archive_entry *entry, size_t *ret_size,
	struct v2v_error *err)
{
	const char *path = archive_entry_pathname(entry);
	int64_t size = archive_entry_size(entry);
	CLEANUP_FREE char *data = NULL;
	la_ssize_t n;

	if (size < 0 || size > (int64_t)V2V_SOURCE_FILE_SIZE) {
		v2v_source_fail_size(source, path, err);
		return NULL;
	}
	data = v2v_alloc(1, (size_t)size + 1);
	n = archive_read_data(archive, data, (size_t)size);
	if (n < 0 || n != size) {
		if (n < 0)
			fail(source, archive, err);
		v2v_fail(err, "virtio-win", "'%s': '%s' is cut off",
			source->place, path);
		return NULL;
	}
	*ret_size = (size_t)size;
	return v2v_take(data);
}

static int put(struct v2v_fetch *wanted, const char *data, size_t size,
	struct v2v_error *err)
{
	wanted->fd = v2v_memory_file("driver");
	if (wanted->fd < 0)
		return v2v_fail_errno(err, "cannot create a memory file");
	return v2v_write_all(wanted->fd, wanted->file->path, data, size, err);
}

/* Each of those that are wanted and have the bytes of this entry. */
static int take(const struct v2v_driver_source *source, struct archive *archive,
	struct archive_entry *entry, struct v2v_fetch *wanted, size_t count,
	struct v2v_error *err)
{
	const char *path = archive_entry_pathname(entry);
	CLEANUP_FREE char *data = NULL;
	size_t size = 0;

	if (archive_entry_hardlink(entry))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (wanted[i].fd >= 0 ||
			!v2v_streq(bytes_of(wanted[i].file), path))
			continue;
		if (!data)
			data = read_entry(source, archive, entry, &size, err);
		if (!data || put(&wanted[i], data, size, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_source_fetch_image(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err)
{
	CLEANUP_ARCHIVE struct archive *archive = begin(source, err);
	struct archive_entry *entry;
	int r;

	if (!archive)
		return -1;
	while ((r = next(source, archive, &entry, err)) > 0)
		if (take(source, archive, entry, wanted, count, err) < 0)
			return -1;
	if (r < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (wanted[i].fd < 0)
			return v2v_fail(err, "virtio-win",
				"'%s': the content of '%s' is missing",
				source->place, wanted[i].file->path);
	return 0;
}
