/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks that v2v-copy made, before anybody writes to them. */
#include "core/file.h"
#include "core/open.h"
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>

int v2v_image_open_free_device(const char *file, struct v2v_error *err)
{
	int fd = v2v_open(file, O_RDONLY | O_EXCL | O_NONBLOCK, 0);

	if (fd < 0 && errno == EBUSY)
		return v2v_fail(err, "image-in-use",
			"'%s' is mounted, or in use otherwise", file);
	return fd < 0 ? v2v_fail_errno(err, "cannot open '%s'", file) : fd;
}

int v2v_image_check_free_device(const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_image_open_free_device(file, err);

	return fd < 0 ? -1 : 0;
}

/* A volume may be larger than the disk that was copied to it.  O_EXCL: nobody
 * has it mounted. */
static int check_device(const struct v2v_disk *disk, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd =
		v2v_open(disk->file, O_RDONLY | O_EXCL | O_NONBLOCK, 0);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size < 0)
		return v2v_fail_errno(err, "cannot open '%s'", disk->file);
	if (!v2v_streq(disk->format, "raw"))
		return v2v_fail(err, "not-in-place",
			"'%s' is a device, and only a raw disk is written to "
			"one",
			disk->file);
	if (size < disk->virtual_size)
		return v2v_fail(err, "image-size",
			"'%s' has %lld bytes, fewer than the disk's %lld",
			disk->file, (long long)size,
			(long long)disk->virtual_size);
	return 0;
}

int v2v_image_check_copy(const struct v2v_disk *disk, struct v2v_error *err)
{
	return v2v_is_device(disk->file) ? check_device(disk, err)
					 : v2v_image_check_disk(disk, err);
}

bool v2v_image_is_same(const char *a, const char *b)
{
	struct stat x, y;

	if (stat(a, &x) < 0 || stat(b, &y) < 0)
		return false;
	if (S_ISBLK(x.st_mode) && S_ISBLK(y.st_mode))
		return x.st_rdev == y.st_rdev;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
