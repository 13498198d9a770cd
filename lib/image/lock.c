/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is an image open in a running qemu?  Its locks say so. */
#include "core/open.h"
#include "image/image.h"

#include <fcntl.h>

/* qemu, block/file-posix.c: a byte for each permission from 100 on, and for
 * each that is not shared from 200 on. */
#define FIRST_BYTE 100
#define BYTES	   200

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
	return v2v_fail(err, "image-in-use",
		"'%s' is in use: is its machine running?", file);
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
