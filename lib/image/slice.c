/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading an image's bytes, wherever in a file they lie. */
#include "core/file.h"
#include "image/headers.h"

int v2v_slice_bad(const struct v2v_slice *slice, struct v2v_error *err,
	const char *format, const char *what)
{
	return v2v_fail(
		err, "image-header", "'%s': %s: %s", slice->name, format, what);
}

bool v2v_slice_fits(const struct v2v_slice *slice, uint64_t at, uint64_t length)
{
	return at <= slice->size && length <= slice->size - at;
}

int v2v_slice_read(const struct v2v_slice *slice, void *data, size_t length,
	uint64_t at, struct v2v_error *err)
{
	if (!v2v_slice_fits(slice, at, length))
		return v2v_fail(err, "truncated",
			"'%s' ends too early for a disk image", slice->name);
	return v2v_pread_all(
		slice->fd, slice->name, data, length, slice->offset + at, err);
}

int v2v_slice_open(struct v2v_slice *slice, const char *file, int64_t offset,
	int64_t size, struct v2v_error *err)
{
	uint64_t file_size;
	CLEANUP_CLOSE int fd = v2v_open_disk(file, &file_size, err);

	if (fd < 0)
		return -1;
	*slice = (struct v2v_slice){ fd, file, 0, file_size };
	if (offset >= 0) {
		if (!v2v_slice_fits(slice, (uint64_t)offset, (uint64_t)size))
			return v2v_fail(err, "truncated",
				"'%s' ends before the disk inside it", file);
		slice->offset = (uint64_t)offset;
		slice->size = (uint64_t)size;
	}
	return v2v_take_fd(&fd);
}

bool v2v_slice_is_hole(const struct v2v_slice *slice, struct v2v_extent *extent,
	uint64_t at, uint64_t length)
{
	uint64_t start = slice->offset + at;

	if (start >= extent->end) {
		off_t data = lseek(slice->fd, (off_t)start, SEEK_DATA);
		/* A file system that knows no holes is all data. */
		bool is_end = data < 0 && errno == ENXIO;
		off_t end = data < 0 ? -1 : lseek(slice->fd, data, SEEK_HOLE);

		extent->start = is_end	   ? UINT64_MAX
				: data < 0 ? start
					   : (uint64_t)data;
		extent->end = end < 0 ? UINT64_MAX : (uint64_t)end;
	}
	return start + length <= extent->start;
}

bool v2v_slice_is_in_hole(const struct v2v_slice *slice, struct v2v_hole *hole,
	uint64_t at, uint64_t length)
{
	off_t data;

	if (at >= hole->start && at + length <= hole->end)
		return true;
	if (!v2v_slice_fits(slice, at, length))
		return false;
	data = lseek(slice->fd, (off_t)(slice->offset + at), SEEK_DATA);
	if (data < 0 && errno != ENXIO)
		return false;
	*hole = (struct v2v_hole){ at,
		data < 0 ? slice->size : (uint64_t)data - slice->offset };
	return at + length <= hole->end;
}
