/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What two files know of VHDX: where its regions are, and what its metadata
 * says. */
#ifndef V2V_IMAGE_VHDX_H
#define V2V_IMAGE_VHDX_H

#include "image/headers.h"

#define V2V_VHDX_MIB (1ULL << 20)

struct v2v_vhdx_region {
	uint64_t offset, length; /* bytes of the slice, inside it */
};

struct v2v_vhdx {
	struct v2v_vhdx_region bat, metadata, log;
	uint64_t size;	/* of the disk, bytes */
	uint32_t block; /* bytes */
	uint32_t sector;
	bool is_fixed;
};

/* Fill in from the metadata region: size, block, sector, is_fixed. */
int v2v_vhdx_read_metadata(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	struct v2v_error *err);
#endif
