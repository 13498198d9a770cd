/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether there is room inside the guest for what a conversion writes. */
#ifndef V2V_MODEL_SPACE_H
#define V2V_MODEL_SPACE_H

#include "model/inspect.h"

/* Bytes on '/'; on '/boot', beside the initrds' needs, and where else the
 * bootloader's configuration lies; and inodes on each of them that counts
 * inodes. */
#define V2V_SPACE_ROOT	 (20 << 20)
#define V2V_SPACE_BOOT	 (1 << 20)
#define V2V_SPACE_INODES 100

/*
 * 0 where the filesystems of '/' and '/boot', and each that an initrd lies on,
 * have the room above and what the initrds need.  What lies on one filesystem
 * is added up.  Else -1, the error "guest-no-space" or "guest-no-inodes" naming
 * the mountpoint, what is needed and what is free.  A filesystem without a
 * statvfs passes.
 */
int v2v_space_check(const struct v2v_inspect *inspect, struct v2v_error *err);

/* Bytes that are to be written below a path. */
struct v2v_space_need {
	const char *path;
	uint64_t bytes;
};

/* The same with @needs (of struct v2v_space_need) instead of what is appended
 * to the initrds. */
int v2v_space_check_needs(const struct v2v_inspect *inspect,
	const struct v2v_list *needs, struct v2v_error *err);
#endif
