/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in layers (image/chain.h), as a source section has them. */
#ifndef V2V_UNPACK_CHAIN_H
#define V2V_UNPACK_CHAIN_H

#include "model/source.h"

/* Fill in format, size and layers of the disk whose file, of @format (NULL: by
 * its content), is the top of a chain, or a lone image. */
int v2v_unpack_chain(
	const char *format, struct v2v_disk *disk, struct v2v_error *err);
#endif
