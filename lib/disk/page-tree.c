/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of a layer's pages. */
#include "disk/page-tree.h"

#define BITS   9
#define FAN    (1U << BITS)
#define ABSENT NULL

/* An entry of an inner node: a node of the level below, or, for all that it
 * spans, nothing (ABSENT) or zeros (@zeros). */
struct inner {
	void *child[FAN];
};

struct leaf { /* level 0 */
	uint32_t page[FAN];
};

static char zeros;

struct v2v_page_tree {
	void *root;
	unsigned level; /* of the root */
	uint64_t bytes;
	void (*drop)(void *opaque, uint32_t page);
	void *opaque;
};

/* Pages that one entry of a node of this level spans. */
static uint64_t span_of(unsigned level)
{
	return 1ULL << (BITS * level);
}

static bool is_node(const void *entry)
{
	return entry != ABSENT && entry != &zeros;
}

struct v2v_page_tree *v2v_page_tree_new(
	uint64_t pages, void (*drop)(void *opaque, uint32_t page), void *opaque)
{
	struct v2v_page_tree *tree = v2v_alloc(1, sizeof *tree);

	while (pages > span_of(tree->level + 1) &&
		BITS * (tree->level + 2) < 64)
		tree->level++;
	tree->drop = drop;
	tree->opaque = opaque;
	return tree;
}

static size_t size_of(unsigned level)
{
	return level ? sizeof(struct inner) : sizeof(struct leaf);
}

static void forget(struct v2v_page_tree *tree, uint32_t page)
{
	if (page < V2V_PAGE_ZERO && tree->drop)
		tree->drop(tree->opaque, page);
}

/* As deep as the tree is: six levels at most. */
static void end(struct v2v_page_tree *tree, void *entry, unsigned level)
{
	if (!is_node(entry))
		return;
	for (unsigned i = 0; i < FAN; i++)
		if (level)
			end(tree, ((struct inner *)entry)->child[i], level - 1);
		else
			forget(tree, ((struct leaf *)entry)->page[i]);
	tree->bytes -= size_of(level);
	free(entry);
}

void v2v_page_tree_free(struct v2v_page_tree *tree)
{
	if (!tree)
		return;
	tree->drop = NULL;
	end(tree, tree->root, tree->level);
	free(tree);
}

/* What was equal becomes a node of entries that say the same. */
static void *open_up(struct v2v_page_tree *tree, void **entry, unsigned level)
{
	void *was = *entry;

	if (is_node(was))
		return was;
	*entry = v2v_alloc(1, size_of(level));
	tree->bytes += size_of(level);
	for (unsigned i = 0; i < FAN; i++)
		if (level)
			((struct inner *)*entry)->child[i] = was;
		else
			((struct leaf *)*entry)->page[i] =
				was ? V2V_PAGE_ZERO : V2V_PAGE_ABSENT;
	return *entry;
}

/* The entry's value for @at, and where, exclusively, that entry ends. */
static uint32_t look_up(
	const struct v2v_page_tree *tree, uint64_t at, uint64_t *ret_end)
{
	const void *entry = tree->root;
	unsigned level = tree->level;
	uint64_t each = span_of(level + 1);

	while (is_node(entry) && level) {
		each = span_of(level);
		entry = ((const struct inner *)entry)->child[at / each % FAN];
		level--;
	}
	if (!is_node(entry)) {
		*ret_end = (at / each + 1) * each;
		return entry ? V2V_PAGE_ZERO : V2V_PAGE_ABSENT;
	}
	*ret_end = at + 1;
	return ((const struct leaf *)entry)->page[at % FAN];
}

uint32_t v2v_page_tree_get(const struct v2v_page_tree *tree, uint64_t at)
{
	uint64_t end_of_it;

	return look_up(tree, at, &end_of_it);
}

uint32_t *v2v_page_tree_slot(struct v2v_page_tree *tree, uint64_t at)
{
	void **entry = &tree->root, *node;

	for (unsigned level = tree->level; level; level--) {
		node = open_up(tree, entry, level);
		entry = &((struct inner *)node)
				 ->child[at / span_of(level) % FAN];
	}
	node = open_up(tree, entry, 0);
	return &((struct leaf *)node)->page[at % FAN];
}

/* A node in which all is zeros is one entry: a disk is discarded in pieces. */
static void close_up(struct v2v_page_tree *tree, void **entry, unsigned level)
{
	for (unsigned i = 0; i < FAN; i++)
		if (level ? ((struct inner *)*entry)->child[i] != &zeros
			  : ((struct leaf *)*entry)->page[i] != V2V_PAGE_ZERO)
			return;
	tree->bytes -= size_of(level);
	free(*entry);
	*entry = &zeros;
}

/* @first and @limit count from where @entry begins. */
static void zero(struct v2v_page_tree *tree, void **entry, unsigned level,
	uint64_t first, uint64_t limit)
{
	uint64_t each = span_of(level);
	void *node;

	if (*entry == &zeros)
		return;
	if (first == 0 && limit == each * FAN) {
		end(tree, *entry, level);
		*entry = &zeros;
		return;
	}
	node = open_up(tree, entry, level);
	for (uint64_t i = first / each; i * each < limit; i++) {
		uint64_t start = i * each, stop = start + each;
		uint32_t *page = &((struct leaf *)node)->page[level ? 0 : i];

		if (level) {
			zero(tree, &((struct inner *)node)->child[i], level - 1,
				first > start ? first - start : 0,
				limit < stop ? limit - start : each);
			continue;
		}
		forget(tree, *page);
		*page = V2V_PAGE_ZERO;
	}
	close_up(tree, entry, level);
}

void v2v_page_tree_zero(
	struct v2v_page_tree *tree, uint64_t first, uint64_t limit)
{
	if (first < limit)
		zero(tree, &tree->root, tree->level, first, limit);
}

static bool is_alike(uint32_t a, uint32_t b)
{
	return a == b || (a < V2V_PAGE_ZERO && b < V2V_PAGE_ZERO);
}

uint64_t v2v_page_tree_run(const struct v2v_page_tree *tree, uint64_t at,
	uint64_t limit, uint32_t *ret_kind)
{
	uint64_t next;

	*ret_kind = look_up(tree, at, &next);
	while (next < limit) {
		uint64_t more;

		if (!is_alike(*ret_kind, look_up(tree, next, &more)))
			break;
		next = more;
	}
	return (next < limit ? next : limit) - at;
}

uint64_t v2v_page_tree_bytes(const struct v2v_page_tree *tree)
{
	return tree->bytes;
}

uint64_t v2v_page_tree_growth(const struct v2v_page_tree *tree)
{
	/* A range has two ends. */
	return 2 * (tree->level + 1) * sizeof(struct inner);
}
