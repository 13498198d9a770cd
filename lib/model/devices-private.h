/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parsers of devices' names and links share. */
#ifndef V2V_MODEL_DEVICES_PRIVATE_H
#define V2V_MODEL_DEVICES_PRIVATE_H

#include "model/devices.h"

/* Disk number @n of those that are called so ("sd" "hd" "nvme"; else all); of
 * all where none is known to be (an image has no controllers). */
size_t v2v_device_nth(
	const struct v2v_source *source, const char *class, size_t n);

/* Digits to the end of @s: a partition's number, 0 where there are none. */
bool v2v_device_partition(const char *s, unsigned *ret);
#endif
