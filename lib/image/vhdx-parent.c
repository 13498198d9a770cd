/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parent of a differencing VHDX (MS-VHDX 2.6.2.6): words and what they say,
 * both in UTF-16. */
#include "image/encoding.h"
#include "image/vhdx.h"

#include <ctype.h>

#define HEADER	20
#define ENTRY	12
#define LONGEST (64 << 10) /* of the item; bytes */

char *v2v_vhdx_id(const unsigned char *guid)
{
	return v2v_format("%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		le32(guid), le16(guid + 4), le16(guid + 6), guid[8], guid[9],
		guid[10], guid[11], guid[12], guid[13], guid[14], guid[15]);
}

struct item {
	unsigned char *data;
	size_t size;
};

static bool is_key(const unsigned char *text, size_t size, const char *key)
{
	if (size != strlen(key) * 2)
		return false;
	for (size_t i = 0; i < size; i += 2)
		if (text[i] != (unsigned char)key[i / 2] || text[i + 1])
			return false;
	return true;
}

/* Of the @i-th pair, inside the item; false: it is not. */
static bool find_pair(const struct item *item, unsigned i,
	const unsigned char **key, size_t *key_size,
	const unsigned char **value, size_t *value_size)
{
	const unsigned char *entry = item->data + HEADER + i * ENTRY;
	uint64_t key_at = le32(entry), value_at = le32(entry + 4);

	*key_size = le16(entry + 8);
	*value_size = le16(entry + 10);
	if (key_at + *key_size > item->size ||
		value_at + *value_size > item->size)
		return false;
	*key = item->data + key_at;
	*value = item->data + value_at;
	return true;
}

/* What @word says, and how long it is; NULL: it is not there. */
static const unsigned char *find_word(
	const struct item *item, const char *word, size_t *ret_size)
{
	unsigned count = le16(item->data + 18);
	const unsigned char *key, *value;
	size_t key_size;

	for (unsigned i = 0; i < count; i++)
		if (find_pair(item, i, &key, &key_size, &value, ret_size) &&
			is_key(key, key_size, word))
			return value;
	return NULL;
}

/* "{83ED…}", in any case: as v2v_vhdx_id() writes it. */
static char *read_id(const struct item *item, const char *word)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	size_t size = 0;
	const unsigned char *text = find_word(item, word, &size);

	if (!text ||
		!v2v_encoding_decode(
			(const char *)text, size, "UTF-16LE", &out) ||
		out.length != 38 || out.data[0] != '{' || out.data[37] != '}')
		return NULL;
	for (size_t i = 0; i < out.length; i++)
		out.data[i] = (char)tolower((unsigned char)out.data[i]);
	return v2v_strndup(out.data + 1, 36);
}

/* In the order of 2.6.2.6.3: each is tried where those before it lead nowhere.
 */
static void add_names(const struct item *item, struct v2v_list *names)
{
	static const char *const words[] = { "relative_path", "volume_path",
		"absolute_win32_path" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t size = 0;
		const unsigned char *text = find_word(item, words[i], &size);

		CLEANUP_FREE char *name =
			text ? v2v_parent_name(text, size, "UTF-16LE", i == 0)
			     : NULL;

		if (name)
			v2v_list_add_string(names, name);
	}
	v2v_parent_add_last(names);
}

static int check_item(const struct v2v_slice *slice, const struct item *item,
	struct v2v_error *err)
{
	static const char vhdx[] = "\xb7\xef\x4a\xb0\x9e\xd1\x81\x4a"
				   "\xb7\x89\x25\xb8\xe9\x44\x59\x13";

	if (memcmp(item->data, vhdx, 16) != 0)
		return v2v_slice_bad(
			slice, err, "VHDX", "the parent is of another kind");
	if (HEADER + (size_t)le16(item->data + 18) * ENTRY > item->size)
		return v2v_slice_bad(
			slice, err, "VHDX", "the parent's place is cut short");
	return 0;
}

int v2v_vhdx_parent(const struct v2v_slice *slice, const struct v2v_vhdx *vhdx,
	struct v2v_list *names, char **ret_id, char **ret_other,
	struct v2v_error *err)
{
	size_t size = vhdx->parent.length;
	CLEANUP_FREE unsigned char *data = v2v_alloc(1, LONGEST);
	CLEANUP_FREE char *id = NULL;
	struct item item = { data, size };

	if (size < HEADER || size > LONGEST)
		return v2v_slice_bad(slice, err, "VHDX",
			"the parent's place has an impossible size");
	if (v2v_slice_read(slice, data, size, vhdx->parent.offset, err) < 0 ||
		check_item(slice, &item, err) < 0)
		return -1;
	add_names(&item, names);
	id = read_id(&item, "parent_linkage");
	if (!names->count || !id)
		return v2v_slice_bad(slice, err, "VHDX",
			"no name of the parent, or no ID of it");
	*ret_id = v2v_take(id);
	*ret_other = read_id(&item, "parent_linkage2");
	return 0;
}
