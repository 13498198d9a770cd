/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two formats that VMFS has for what a snapshot changed: vmfsSparse
 * ("COWD") and, for large disks and new ESXi, seSparse.  A directory of tables
 * of grains, as in a sparse VMDK; what is not in them is asked of the layer
 * below.  Neither has a descriptor of its own: it is another file.
 */
#ifndef V2V_IMAGE_DELTA_H
#define V2V_IMAGE_DELTA_H

#include "image/headers.h"

#define V2V_DELTA_ENTRIES 4096U /* of a table */

struct v2v_delta {
	bool is_sesparse;
	uint64_t capacity; /* sectors of the disk */
	uint64_t grain;	   /* sectors */
	/* Bytes of the slice: */
	uint64_t directory;		/* inside it, with all of */
	uint64_t tables;		/* these entries, one a table */
	uint64_t header;		/* end of the headers */
	uint64_t tables_at, tables_end; /* seSparse: the room for tables */
	uint64_t grains_at, grains_end; /* ... and for grains */
	uint64_t areas[8][2]; /* seSparse: what else has a place, to its end */
	unsigned area_count;
};

/* Where a snapshot's grain is, as its table says. */
enum v2v_grain_kind { V2V_GRAIN_BELOW, V2V_GRAIN_ZERO, V2V_GRAIN_DATA };

bool v2v_cowd_is(const struct v2v_slice *slice);
bool v2v_sesparse_is(const struct v2v_slice *slice);

/* Read the header of either; "image-dirty" where it was not closed cleanly. */
int v2v_cowd_read(const struct v2v_slice *slice, struct v2v_delta *ret_delta,
	struct v2v_error *err);
int v2v_sesparse_read(const struct v2v_slice *slice,
	struct v2v_delta *ret_delta, struct v2v_error *err);
int v2v_delta_read(const struct v2v_slice *slice, struct v2v_delta *ret_delta,
	struct v2v_error *err);

/* Bytes of an entry of the directory and of a table. */
static inline size_t v2v_delta_width(const struct v2v_delta *delta)
{
	return delta->is_sesparse ? 8 : 4;
}

/* The entry @at of a directory: the byte of its table; 0: there is none.  False
 * where the format has no meaning for it. */
bool v2v_delta_table(const struct v2v_delta *delta, const unsigned char *at,
	uint64_t *ret_byte);

/* The same of the entry of a table; the byte of a grain of data. */
bool v2v_delta_grain(const struct v2v_delta *delta, const unsigned char *at,
	enum v2v_grain_kind *ret_kind, uint64_t *ret_byte);

/* As v2v_image_check_tables(): no table or grain outside the file, or over
 * anything else. */
int v2v_delta_walk_tables(const struct v2v_slice *slice, struct v2v_error *err);
#endif
