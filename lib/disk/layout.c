/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes of the parts of a qcow2. */
#include "disk/layout.h"

#include "image/bytes.h"

/* Packed clusters leave a gap before a refcount block. */
#define SPARE 2

uint64_t v2v_layout_blocks(uint64_t clusters)
{
	return ceil_div(clusters, V2V_PER_BLOCK - 1);
}

void v2v_layout_of(uint64_t virtual_size, struct v2v_layout *ret_layout)
{
	struct v2v_layout l = { .data = ceil_div(virtual_size, V2V_CLUSTER) };
	uint64_t most;

	l.l1_entries = ceil_div(l.data, V2V_PER_L2);
	l.l1 = ceil_div(l.l1_entries * 8, V2V_CLUSTER);
	most = 1 + l.l1 + l.l1_entries + l.data;
	/* The table counts itself too: once more is enough. */
	for (int i = 0; i < 2; i++)
		l.refcount_table = ceil_div(
			(v2v_layout_blocks(most + l.refcount_table) + SPARE) *
				8,
			V2V_CLUSTER);
	l.start = 1 + l.refcount_table + l.l1;
	*ret_layout = l;
}

uint64_t v2v_layout_clusters(
	const struct v2v_layout *layout, uint64_t data, uint64_t tables)
{
	uint64_t clusters = layout->start + data + tables;

	return clusters + v2v_layout_blocks(clusters);
}
