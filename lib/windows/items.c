/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Items of REG_MULTI_SZ, and of strings with ';' or ',' between them. */
#include "windows/items.h"

#include "image/bytes.h"
#include "windows/edits.h"

/* The units of UTF-16 of a value. */
struct units {
	const unsigned char *data;
	size_t count;
};

static unsigned unit(const struct units *u, size_t i)
{
	return le16(u->data + 2 * i);
}

static bool is_list(const struct v2v_value *value)
{
	return value->type == V2V_REG_MULTI_SZ;
}

static bool is_text(const struct v2v_value *value)
{
	return is_list(value) || value->type == V2V_REG_SZ ||
	       value->type == V2V_REG_EXPAND_SZ;
}

/* Without what ends it. */
static struct units units_of(const struct v2v_value *value)
{
	struct units u = { value->data, value->size / 2 };

	while (u.count && unit(&u, u.count - 1) == 0)
		u.count--;
	return u;
}

static bool is_between(const struct v2v_value *value, unsigned c)
{
	return is_list(value) ? c == 0 : c == ';' || c == ',';
}

static unsigned lower(unsigned c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static bool is_same(const struct units *u, size_t at, size_t count,
	const struct units *item)
{
	if (count != item->count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (lower(unit(u, at + i)) != lower(unit(item, i)))
			return false;
	return true;
}

static void put(
	struct v2v_value *to, const struct units *u, size_t at, size_t count)
{
	if (count)
		memcpy(to->data + to->size, u->data + 2 * at, 2 * count);
	to->size += 2 * count;
}

static void end(struct v2v_value *to)
{
	to->size += is_list(to) ? 4 : 2;
}

static struct v2v_value empty_like(
	uint32_t type, const struct units *u, const struct units *item)
{
	return (struct v2v_value){ true, type,
		v2v_alloc(u->count + item->count + 4, 2), 0 };
}

/* Each but those that are @item; how many of these there were. */
static size_t copy_others(const struct v2v_value *from, const struct units *u,
	const struct units *item, struct v2v_value *to)
{
	size_t dropped = 0;

	for (size_t at = 0, next; at < u->count; at = next + 1) {
		for (next = at; next < u->count; next++)
			if (is_between(from, unit(u, next)))
				break;
		if (is_same(u, at, next - at, item)) {
			dropped++;
			continue;
		}
		if (to->size)
			put(to, u, at - 1, 1);
		put(to, u, at, next - at);
	}
	return dropped;
}

static struct v2v_value copy_of(const struct v2v_value *value)
{
	struct v2v_value copy = *value;

	copy.data = v2v_alloc(1, value->size + 1);
	if (value->size)
		memcpy(copy.data, value->data, value->size);
	return copy;
}

static int is_not_a_text(struct v2v_error *err)
{
	return v2v_fail(err, "registry", "the value is not a text");
}

int v2v_items_drop(const struct v2v_value *before, const char *item,
	struct v2v_value *ret_after, struct v2v_error *err)
{
	size_t size;
	CLEANUP_FREE unsigned char *data = v2v_edit_utf16(item, &size);
	const struct units wanted = { data, size / 2 - 1 };
	const struct units u = units_of(before);
	struct v2v_value after;

	*ret_after = (struct v2v_value){ 0 };
	if (!before->is_there)
		return 0;
	if (!is_text(before))
		return is_not_a_text(err);
	after = empty_like(before->type, &u, &wanted);
	if (copy_others(before, &u, &wanted, &after) == 0) {
		free(after.data);
		*ret_after = copy_of(before);
		return 0;
	}
	if (after.size == 0) {
		free(after.data);
		return 0;
	}
	end(&after);
	*ret_after = after;
	return 0;
}

static bool has_item(const struct v2v_value *value, const struct units *u,
	const struct units *item)
{
	struct v2v_value others = empty_like(value->type, u, item);
	const size_t count = copy_others(value, u, item, &others);

	free(others.data);
	return count > 0;
}

int v2v_items_add(const struct v2v_value *before, uint32_t type,
	const char *item, struct v2v_value *ret_after, struct v2v_error *err)
{
	static const unsigned char between[] = { ';', 0, 0, 0 };
	size_t size;
	CLEANUP_FREE unsigned char *data = v2v_edit_utf16(item, &size);
	const struct units added = { data, size / 2 - 1 };
	const struct units u =
		before->is_there ? units_of(before) : (struct units){ data, 0 };
	struct v2v_value after;

	if (before->is_there && !is_text(before))
		return is_not_a_text(err);
	if (before->is_there && has_item(before, &u, &added)) {
		*ret_after = copy_of(before);
		return 0;
	}
	after = empty_like(before->is_there ? before->type : type, &u, &added);
	put(&after, &u, 0, u.count);
	if (u.count)
		put(&after, &(struct units){ between, 2 }, is_list(&after), 1);
	put(&after, &added, 0, added.count);
	end(&after);
	*ret_after = after;
	return 0;
}
