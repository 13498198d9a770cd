/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where each page of a disk is: a radix tree, in which whatever is equal
 * takes one entry.  So a disk of any size can be nothing, or be discarded, for
 * a few KiB.
 */
#ifndef V2V_DISK_PAGE_TREE_H
#define V2V_DISK_PAGE_TREE_H

#include "core/mem.h"

/* What is in the place of a page's number (disk/pages.h). */
#define V2V_PAGE_ABSENT UINT32_MAX /* nothing was written here */
#define V2V_PAGE_ZERO	(UINT32_MAX - 1)

struct v2v_page_tree;

/* For @pages pages of a disk.  @drop is called with each number that the tree
 * forgets. */
struct v2v_page_tree *v2v_page_tree_new(uint64_t pages,
	void (*drop)(void *opaque, uint32_t page), void *opaque);
void v2v_page_tree_free(struct v2v_page_tree *tree); /* calls no @drop */

uint32_t v2v_page_tree_get(const struct v2v_page_tree *tree, uint64_t at);

/* Where the number of the disk's page @at is, to be changed; the tree grows. */
uint32_t *v2v_page_tree_slot(struct v2v_page_tree *tree, uint64_t at);

/* The pages from @first on, before @end, become zeros. */
void v2v_page_tree_zero(
	struct v2v_page_tree *tree, uint64_t first, uint64_t end);

/* How many pages from @at on, before @end, are equal: absent, zeros, or of
 * some number; *@ret_kind: V2V_PAGE_ABSENT, V2V_PAGE_ZERO or a number, the
 * first. */
uint64_t v2v_page_tree_run(const struct v2v_page_tree *tree, uint64_t at,
	uint64_t end, uint32_t *ret_kind);

uint64_t v2v_page_tree_bytes(const struct v2v_page_tree *tree);
/* The most bytes by which one slot or one range can make it grow. */
uint64_t v2v_page_tree_growth(const struct v2v_page_tree *tree);
#endif
