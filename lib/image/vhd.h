/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the footer and the header of a VHD say. */
#ifndef V2V_IMAGE_VHD_H
#define V2V_IMAGE_VHD_H

#include "image/blocks.h"

enum { V2V_VHD_FIXED = 2, V2V_VHD_DYNAMIC = 3, V2V_VHD_DIFFERENCING = 4 };

struct v2v_vhd {
	uint32_t version, type;
	uint64_t size;	 /* of the disk, bytes */
	uint64_t header; /* byte of the slice; of a fixed one nothing */
	unsigned char id[16], parent_id[16];
	struct v2v_blocks blocks;
};

/* The place of a parent's name: bytes of the slice. */
struct v2v_vhd_locator {
	uint32_t code, length;
	uint64_t at;
};
#define V2V_VHD_LOCATORS 8

/* Read and check all; a differencing one is "image-parent" unless @is_layer. */
int v2v_vhd_read(const struct v2v_slice *slice, bool is_layer,
	struct v2v_vhd *ret_vhd, struct v2v_error *err);

/* Those of a header, V2V_VHD_LOCATORS; a code of 0: none. */
void v2v_vhd_locators(
	const unsigned char *header, struct v2v_vhd_locator *ret_locators);

/* Add the names by which a differencing one knows its parent (char *), the best
 * first; -1: there is none. */
int v2v_vhd_parent(const struct v2v_slice *slice, const struct v2v_vhd *vhd,
	struct v2v_list *names, struct v2v_error *err);
#endif
