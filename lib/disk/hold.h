/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image that is going to be written, and that nobody else may write until
 * then. */
#ifndef V2V_DISK_HOLD_H
#define V2V_DISK_HOLD_H

#include "core/error.h"

#include <sys/stat.h>

struct v2v_hold {
	int fd;		/* -1: none */
	struct stat st; /* as it was at first */
};

/* "image-in-use" where a qemu, or one of us, writes it. */
int v2v_hold_take(
	const char *file, struct v2v_hold *ret_hold, struct v2v_error *err);

/* End it, which comes before it is opened for writing.  -1, "image-changed",
 * where a program that ignores locks has written it. */
int v2v_hold_end(
	struct v2v_hold *hold, const char *file, struct v2v_error *err);

/* What was taken, or not. */
void v2v_hold_clear(struct v2v_hold *hold);
#endif
