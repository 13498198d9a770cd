/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What two files know of VHDX: where its regions are, and what its metadata
 * says. */
#ifndef V2V_IMAGE_VHDX_H
#define V2V_IMAGE_VHDX_H

#include "image/blocks.h"

#define V2V_VHDX_MIB (1ULL << 20)

struct v2v_vhdx_region {
	uint64_t offset, length; /* bytes of the slice, inside it */
};

struct v2v_vhdx {
	struct v2v_vhdx_region bat, metadata, log;
	/* The item that says which the parent is; of a difference. */
	struct v2v_vhdx_region parent;
	unsigned char data_id[16]; /* which changes with the data */
	uint64_t size;		   /* of the disk, bytes */
	uint32_t block;		   /* bytes */
	uint32_t sector;
	bool is_fixed;
	bool is_difference;
	bool is_layer; /* as one asks: it may be a difference */
};

/* Read and check all; a difference is "image-parent" unless @is_layer. */
int v2v_vhdx_read(const struct v2v_slice *slice, bool is_layer,
	struct v2v_vhdx *ret_vhdx, struct v2v_error *err);

/* As a difference has them: add the names of the parent (char *), the best
 * first; its ID, and the other that it may have (NULL: none), the caller's. */
int v2v_vhdx_parent(const struct v2v_slice *slice, const struct v2v_vhdx *vhdx,
	struct v2v_list *names, char **ret_id, char **ret_other,
	struct v2v_error *err);

/* "83ed0ec3-24c8-49a6-a959-5e4bf1288bfb"; the caller's. */
char *v2v_vhdx_id(const unsigned char *guid);

/* Fill in from the metadata region: size, block, sector, is_fixed; parent. */
int v2v_vhdx_read_metadata(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	struct v2v_error *err);
#endif
