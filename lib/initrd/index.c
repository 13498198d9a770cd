/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trie of kmod's indexes. */
#include "initrd/index.h"

#include <endian.h>

#define MAGIC	0xb007f457
#define VERSION 0x00020001
#define MAX_KEY 1024

/* What a node has, in the upper bits of its offset. */
#define HAS_PREFIX   0x80000000u
#define HAS_VALUES   0x40000000u
#define HAS_CHILDREN 0x20000000u

struct entry {
	char *key, *value;
	uint32_t priority;
	size_t number; /* keeps the order of what is else equal */
};

static bool is_usable(const char *key)
{
	size_t n = 0;

	for (; key[n]; n++)
		if (n >= MAX_KEY || (unsigned char)key[n] >= 0x80)
			return false;
	return n > 0;
}

void v2v_index_add(struct v2v_index *index, const char *key, const char *value,
	uint32_t priority)
{
	struct entry *entry;

	if (!is_usable(key))
		return;
	entry = v2v_list_add(&index->entries, sizeof *entry);
	entry->key = v2v_strdup(key);
	entry->value = v2v_strdup(value);
	entry->priority = priority;
	entry->number = index->entries.count;
}

void v2v_index_clear(struct v2v_index *index)
{
	v2v_list_foreach (struct entry, entry, &index->entries) {
		free(entry->key);
		free(entry->value);
	}
	free(index->entries.items);
	index->entries = (struct v2v_list){ 0 };
}

static int in_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (order == 0 && x->priority != y->priority)
		order = x->priority < y->priority ? -1 : 1;
	if (order == 0)
		order = x->number < y->number ? -1 : 1;
	return order;
}

static void put_number(struct v2v_text *out, uint32_t number)
{
	uint32_t big = htobe32(number);

	v2v_text_add(out, &big, sizeof big);
}

/* How many characters behind @depth the first and the last key share: sorted,
 * so all between do. */
static size_t common(
	const struct entry *first, const struct entry *last, size_t depth)
{
	const char *a = first->key + depth, *b = last->key + depth;
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static void put_values(
	struct v2v_text *out, const struct entry *entries, size_t count)
{
	put_number(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		put_number(out, entries[i].priority);
		v2v_text_add(
			out, entries[i].value, strlen(entries[i].value) + 1);
	}
}

/*
 * Write the node of @count sorted entries, which agree on @depth characters,
 * its children first: the offset to name it by.  The root has no prefix.
 */
static uint32_t put_node(struct v2v_text *out, const struct entry *entries,
	size_t count, size_t depth, bool is_root)
{
	uint32_t children[0x80] = { 0 }, offset;
	size_t prefix =
		is_root ? 0 : common(entries, entries + count - 1, depth);
	size_t end = depth + prefix, values = 0;
	unsigned first = 0, last = 0;

	while (values < count && !entries[values].key[end])
		values++;
	for (size_t i = values, n; i < count; i += n) {
		unsigned c = (unsigned char)entries[i].key[end];

		for (n = 1; i + n < count; n++)
			if ((unsigned char)entries[i + n].key[end] != c)
				break;
		first = first ? first : c;
		last = c;
		children[c] = put_node(out, entries + i, n, end + 1, false);
	}
	offset = (uint32_t)out->length;
	if (prefix) {
		v2v_text_add(out, entries->key + depth, prefix);
		v2v_text_add(out, "", 1);
		offset |= HAS_PREFIX;
	}
	if (first) {
		v2v_text_add(out, (char[]){ (char)first, (char)last }, 2);
		for (unsigned c = first; c <= last; c++)
			put_number(out, children[c]);
		offset |= HAS_CHILDREN;
	}
	if (values) {
		put_values(out, entries, values);
		offset |= HAS_VALUES;
	}
	return offset;
}

void v2v_index_write(struct v2v_index *index, struct v2v_text *out)
{
	struct v2v_text body CLEANUP_TEXT = { 0 };
	struct entry *entries = index->entries.items;
	size_t count = index->entries.count;
	uint32_t root;

	if (count)
		qsort(entries, count, sizeof *entries, in_order);
	put_number(&body, MAGIC);
	put_number(&body, VERSION);
	put_number(&body, 0);
	root = htobe32(put_node(&body, entries, count, 0, true));
	memcpy(body.data + 8, &root, sizeof root);
	v2v_text_add(out, body.data, body.length);
}
