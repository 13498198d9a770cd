/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that an image lies in. */
#include "disk/media.h"

#include "core/file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#define PROBES 32

bool v2v_media_is_memory(int fd)
{
	struct statfs fs;
	struct stat st;

	/* A node lies in memory, its device does not. */
	return fstat(fd, &st) == 0 && !S_ISBLK(st.st_mode) &&
	       fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

/* Whether most of what we are going to read lies in memory already: then
 * somebody else put it there, and it stays. */
static bool is_cached(const struct v2v_slice *slice)
{
	unsigned cached = 0;

	if (v2v_media_is_memory(slice->fd))
		return true;
	for (uint64_t i = 0; i < PROBES; i++) {
		uint64_t at = slice->offset + slice->size / PROBES * i;
		char byte;
		struct iovec to = { &byte, 1 };

		if (preadv2(slice->fd, &to, 1, (off_t)at, RWF_NOWAIT) == 1)
			cached++;
	}
	return cached > PROBES / 2;
}

static void begin(struct v2v_media *media, const char *name)
{
	media->slice.name = v2v_strdup(name);
	media->is_cold = !is_cached(&media->slice);
	posix_fadvise(media->slice.fd, (off_t)media->slice.offset,
		(off_t)media->slice.size, POSIX_FADV_SEQUENTIAL);
}

int v2v_media_open(struct v2v_media *media, const char *file, int64_t offset,
	int64_t size, struct v2v_error *err)
{
	if (v2v_slice_open(&media->slice, file, offset, size, err) < 0)
		return -1;
	begin(media, file);
	return 0;
}

int v2v_media_take(struct v2v_media *media, int fd, const char *name,
	uint64_t size, struct v2v_error *err)
{
	if (fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", name);
	media->slice = (struct v2v_slice){ fd, NULL, 0, size };
	begin(media, name);
	return 0;
}

int v2v_media_read(const struct v2v_media *media, void *data, size_t size,
	uint64_t at, struct v2v_error *err)
{
	const struct v2v_slice *slice = &media->slice;

	if (v2v_slice_read(slice, data, size, at, err) < 0)
		return -1;
	if (media->is_cold)
		v2v_media_forget(slice->fd, slice->offset + at, size);
	return 0;
}

void v2v_media_forget(int fd, uint64_t at, uint64_t length)
{
	if (!v2v_media_is_memory(fd))
		posix_fadvise(
			fd, (off_t)at, (off_t)length, POSIX_FADV_DONTNEED);
}

void v2v_media_close(struct v2v_media *media)
{
	if (media->slice.name) {
		close(media->slice.fd);
		free((char *)media->slice.name);
	}
	*media = (struct v2v_media){ .is_cold = false };
}
