/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is an image open in a running qemu?  Its locks say so. */
#include "core/open.h"
#include "image/image.h"

#include <fcntl.h>

/* qemu, block/file-posix.c: a byte for each permission from 100 on, and for
 * each that is not shared from 200 on. */
#define FIRST_BYTE   100
#define FIRST_DENIED 200
#define BYTES	     200

/* The permissions, BLK_PERM_… */
enum {
	READ = 1,
	WRITE = 1 << 1,
	RESIZE = 1 << 3,
};

static int in_use(const char *file, struct v2v_error *err)
{
	return v2v_fail(err, "image-in-use",
		"'%s' is in use: is its machine running?", file);
}

int v2v_image_check_unused(const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(file, O_RDWR, 0);
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = FIRST_BYTE,
		.l_len = BYTES,
	};

	if (fd < 0)
		return v2v_fail_errno(err, "'%s'", file);
	/* Filesystems without locks cannot tell. */
	if (fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return in_use(file, err);
}

/* A lock of @type on the byte of each of @permissions, or is there one of
 * others' (F_OFD_GETLK)? */
static bool lock_each(int fd, int command, short type, unsigned permissions,
	off_t first, short *ret_type)
{
	for (unsigned i = 0; permissions >> i; i++) {
		struct flock lock = { .l_type = type,
			.l_whence = SEEK_SET,
			.l_start = first + i,
			.l_len = 1 };

		if (!(permissions >> i & 1))
			continue;
		if (fcntl(fd, command, &lock) < 0)
			return false;
		if (lock.l_type != F_UNLCK)
			*ret_type = lock.l_type;
	}
	return true;
}

/* Of those who deny what we want, or do what we deny. */
static bool is_locked(int fd, unsigned wanted, unsigned denied)
{
	short found = F_UNLCK;

	lock_each(fd, F_OFD_GETLK, F_WRLCK, wanted, FIRST_DENIED, &found);
	lock_each(fd, F_OFD_GETLK, F_WRLCK, denied, FIRST_BYTE, &found);
	return found != F_UNLCK;
}

int v2v_image_lock(int fd, const char *file, bool writes, struct v2v_error *err)
{
	const unsigned wanted = writes ? READ | WRITE : READ;
	const unsigned denied = WRITE | RESIZE;
	short ignored;

	/* Locks first, then a look at the others': of two who come at once one
	 * sees the other. */
	if (!lock_each(
		    fd, F_OFD_SETLK, F_RDLCK, wanted, FIRST_BYTE, &ignored) ||
		!lock_each(fd, F_OFD_SETLK, F_RDLCK, denied, FIRST_DENIED,
			&ignored))
		return errno == EAGAIN || errno == EACCES ? in_use(file, err)
							  : 0;
	if (!is_locked(fd, wanted, denied))
		return 0;
	v2v_image_unlock(fd);
	return in_use(file, err);
}

void v2v_image_unlock(int fd)
{
	struct flock lock = {
		.l_type = F_UNLCK,
		.l_whence = SEEK_SET,
		.l_start = FIRST_BYTE,
		.l_len = BYTES,
	};

	fcntl(fd, F_OFD_SETLK, &lock);
}

#define PAUSE_MS 100

int v2v_image_wait_unused(
	struct v2v *v, const char *file, unsigned pauses, struct v2v_error *err)
{
	for (unsigned i = 0;; i++) {
		struct v2v_error now = { 0 };

		if (v2v_image_check_unused(file, &now) == 0)
			return 0;
		if (i >= pauses || !v2v_streq(now.code, "image-in-use"))
			return v2v_fail(err, now.code, "%s", now.text);
		if (i == 0)
			v2v_info(v, "lock-wait",
				"'%s' is in use; waiting up to %u s for it",
				file, pauses * PAUSE_MS / 1000);
		if (v2v_pause(v, PAUSE_MS, err) < 0)
			return -1;
	}
}
