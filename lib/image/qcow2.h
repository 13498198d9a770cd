/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several files know of qcow2 (qemu: docs/interop/qcow2.txt). */
#ifndef V2V_IMAGE_QCOW2_H
#define V2V_IMAGE_QCOW2_H

#include "image/places.h"

/* Of an entry of either table; what is in neither mask is reserved. */
#define V2V_QCOW2_OFFSET    0x00fffffffffffe00ULL
#define V2V_QCOW2_IS_ONE    (1ULL << 63) /* the count of references is 1 */
#define V2V_QCOW2_IS_PACKED (1ULL << 62)
#define V2V_QCOW2_IS_ZERO   1ULL

/* The header; whole, and within what qemu opens. */
struct v2v_qcow2 {
	uint32_t version;
	unsigned bits;			    /* of a cluster's size */
	uint64_t cluster, size;		    /* bytes; the guest's bytes */
	uint64_t l1, l1_size;		    /* byte of the slice; entries */
	uint64_t refcounts, refcounts_size; /* bytes; byte of the slice */
	uint64_t snapshots, snapshot_count; /* byte of the slice */
	uint64_t backing, backing_size;	    /* of its name; 0: none */
	uint64_t length;		    /* of the header */
	uint64_t incompatible, autoclear;   /* features */
	bool has_zero_flag, has_subclusters, is_zstd;
	/* The directory of the bitmaps, where they count. */
	uint64_t bitmaps, bitmaps_size, bitmap_count;
};

/* The header and its extensions; *@ret_backing_format, the caller's to free,
 * stays NULL where it is not stated. */
int v2v_qcow2_read(const struct v2v_slice *slice, struct v2v_qcow2 *ret_qcow2,
	char **ret_backing_format, struct v2v_error *err);

int v2v_qcow2_read_extensions(const struct v2v_slice *slice,
	struct v2v_qcow2 *qcow2, char **ret_backing_format,
	struct v2v_error *err);

/* Whether an entry of the first or the second level has no bit that it may not
 * have, and its place, if any, is where a cluster begins. */
bool v2v_qcow2_l1_is_well(const struct v2v_qcow2 *qcow2, uint64_t entry);
bool v2v_qcow2_l2_is_well(const struct v2v_qcow2 *qcow2, uint64_t entry);

/* Where a packed cluster begins, byte of the slice. */
uint64_t v2v_qcow2_packed_at(const struct v2v_qcow2 *qcow2, uint64_t entry);

/* How many bytes a packed cluster may have: whole sectors, the first counted
 * from the beginning of its own. */
uint64_t v2v_qcow2_packed_size(const struct v2v_qcow2 *qcow2, uint64_t entry);

/*
 * Where all that is not the guest's lies: the header and the tables of the
 * counts of references, of snapshots and of bitmaps, each where it may and with
 * a place of its own, which is taken in @places (of clusters, and empty).  The
 * counts themselves are not looked at: nothing is read by them.
 */
int v2v_qcow2_take_tables(const struct v2v_slice *slice,
	const struct v2v_qcow2 *qcow2, struct v2v_places *places,
	struct v2v_error *err);
#endif
