/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which container a file is, found by what it begins with, never by its name.
 */
#ifndef V2V_UNPACK_CONTAINER_H
#define V2V_UNPACK_CONTAINER_H

#include "core/error.h"

enum v2v_container {
	V2V_CONTAINER_NONE,   /* none that is known */
	V2V_CONTAINER_TAR,    /* plain: members lie in it as they are */
	V2V_CONTAINER_PACKED, /* a compressed tar */
	V2V_CONTAINER_ZIP,
	V2V_CONTAINER_FOLDER,
	V2V_CONTAINER_OVF, /* a descriptor, its files beside it */
};

/* Does it begin like a stream that is compressed as an OVA may be? */
bool v2v_container_is_packed(const void *data, size_t size);

/* By the first V2V_CONTAINER_START bytes, a NUL behind them; shorter ones are
 * filled up with zeros. */
#define V2V_CONTAINER_START 512
enum v2v_container v2v_container_of_start(const unsigned char *block);

int v2v_container_of(
	const char *path, enum v2v_container *ret_kind, struct v2v_error *err);
#endif
