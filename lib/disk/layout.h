/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How large the parts of a qcow2 are that we make: version 3, clusters of 64
 * KiB, refcounts of 16 bits.  Plain arithmetic, so that the size is known
 * before anything is written.
 */
#ifndef V2V_DISK_LAYOUT_H
#define V2V_DISK_LAYOUT_H

#include <stdint.h>

#define V2V_CLUSTER   65536ULL
#define V2V_PER_L2    (V2V_CLUSTER / 8) /* clusters that an L2 table maps */
#define V2V_PER_BLOCK (V2V_CLUSTER / 2) /* that a refcount block counts */

/*
 * In clusters.  Header, refcount table and first table are at the beginning;
 * then, as data come, tables and data one after the other; each refcount block
 * is the first cluster of those that it counts, but for the very first, which
 * follows the first table.
 */
struct v2v_layout {
	uint64_t data;	     /* all of the disk */
	uint64_t l1_entries; /* and so the most L2 tables */
	uint64_t refcount_table, l1;
	uint64_t start; /* the first free one */
};

void v2v_layout_of(uint64_t virtual_size, struct v2v_layout *ret_layout);

/* The file's clusters when @data clusters under @tables L2 tables are stored.
 */
uint64_t v2v_layout_clusters(
	const struct v2v_layout *layout, uint64_t data, uint64_t tables);

/* Refcount blocks for @clusters that are not refcount blocks. */
uint64_t v2v_layout_blocks(uint64_t clusters);
#endif
