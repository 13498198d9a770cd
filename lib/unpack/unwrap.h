/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disk images that are compressed as a whole, as vendors ship them:
 * "disk.qcow2.xz". */
#ifndef V2V_UNPACK_UNWRAP_H
#define V2V_UNPACK_UNWRAP_H

#include "core/handle.h"

/* 1 where the compressed @file holds a disk image, as far as its first bytes
 * tell; 0 where it holds a tar or a descriptor, or is damaged; -1 where it
 * holds none of them. */
int v2v_unwrap_is_image(const char *file, struct v2v_error *err);

/* The most that a file of @size bytes may unpack to, where nothing in it says
 * how large its disk is. */
uint64_t v2v_unwrap_max(uint64_t size);

/* Unpack the image in the compressed @file into @to, which must not exist.
 * More than its header says a disk can take, or than v2v_unwrap_max(), is
 * refused. */
int v2v_unwrap(
	struct v2v *v, const char *file, const char *to, struct v2v_error *err);
#endif
