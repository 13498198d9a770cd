/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much a guest's disks will take at the target, from the sizes of its
 * filesystems alone: what a trim reaches need not be copied.  Integers only,
 * products in 128 bits, cut off at the end.
 */
#ifndef V2V_ESTIMATE_FORMULA_H
#define V2V_ESTIMATE_FORMULA_H

#include "model/inspect.h"

struct v2v_fs_sums {
	uint64_t total; /* bytes of all filesystems that could be mounted */
	uint64_t free;	/* free bytes of those that a trim reaches */
};

/*
 * Add up the filesystems with a statvfs.  A btrfs that several subvolumes show
 * counts once.  Fails where the document's numbers are nonsense.
 */
int v2v_formula_sums(const struct v2v_inspect *inspect,
	struct v2v_fs_sums *ret_sums, struct v2v_error *err);

/* Of the bytes in total those on @disk ("/dev/sda") or a partition of it;
 * logical volumes and arrays may lie anywhere. */
uint64_t v2v_formula_on_disk(
	const struct v2v_inspect *inspect, const char *disk);

/* The bytes of @source_total, the virtual sizes of all disks together, that
 * need not be copied: free · (total / source_total), at most source_total. */
uint64_t v2v_formula_saving(
	const struct v2v_fs_sums *sums, uint64_t source_total);

/* What one disk will take: its virtual size less its share of the saving. */
uint64_t v2v_formula_estimate(
	uint64_t virtual_size, uint64_t saving, uint64_t source_total);
#endif
