/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image is kept as it is. */
#include "disk/hold.h"

#include "core/open.h"
#include "image/image.h"

#include <fcntl.h>

int v2v_hold_take(
	const char *file, struct v2v_hold *ret_hold, struct v2v_error *err)
{
	struct v2v_hold hold = { .fd = v2v_open(
					 file, O_RDONLY | O_NONBLOCK, 0) };

	if (hold.fd < 0 || fstat(hold.fd, &hold.st) < 0) {
		v2v_fail_errno(err, "cannot open '%s'", file);
		v2v_hold_clear(&hold);
		return -1;
	}
	if (v2v_image_lock(hold.fd, file, false, err) < 0) {
		v2v_hold_clear(&hold);
		return -1;
	}
	*ret_hold = hold;
	return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* By its name, by which it is opened again. */
int v2v_hold_end(struct v2v_hold *hold, const char *file, struct v2v_error *err)
{
	struct stat now;
	int status = stat(file, &now);

	if (status < 0)
		v2v_fail_errno(err, "'%s'", file);
	else if (!is_same(&now, &hold->st))
		status = v2v_fail(err, "image-changed",
			"'%s' was changed by somebody else meanwhile, and is "
			"left as it is now",
			file);
	v2v_hold_clear(hold);
	return status;
}

/* A child may have a copy of the descriptor, by which the locks would stay. */
void v2v_hold_clear(struct v2v_hold *hold)
{
	if (hold->fd >= 0)
		v2v_image_unlock(hold->fd);
	v2v_cleanup_close(&hold->fd);
	*hold = (struct v2v_hold){ .fd = -1 };
}
