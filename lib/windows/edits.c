/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of a hive's edits. */
#include "windows/edits.h"

#include "core/mem.h"

#include <endian.h>
#include <iconv.h>
#include <string.h>

static void clear_edit(struct v2v_edit *edit)
{
	free(edit->key);
	free(edit->name);
	free(edit->data);
	free(edit->item);
	free(edit->why);
}

void v2v_edits_clear(struct v2v_edits *edits)
{
	v2v_list_foreach (struct v2v_edit, edit, &edits->list)
		clear_edit(edit);
	free(edits->list.items);
	edits->list = (struct v2v_list){ NULL, 0 };
}

static struct v2v_edit *add(struct v2v_edits *edits, enum v2v_edit_type type,
	const char *key, const char *name, const char *code, const char *why)
{
	struct v2v_edit *edit = v2v_list_add(&edits->list, sizeof(*edit));

	edit->type = type;
	edit->key = v2v_strdup(key);
	edit->name = name ? v2v_strdup(name) : NULL;
	edit->code = code;
	edit->why = v2v_strdup(why);
	return edit;
}

unsigned char *v2v_edit_utf16(const char *text, size_t *ret_size)
{
	const size_t size = strlen(text) + 1;
	unsigned char *data = v2v_alloc(2, size);
	char *in = (char *)text, *out = (char *)data;
	size_t in_left = size, out_left = 2 * size;
	iconv_t to = iconv_open("UTF-16LE", "UTF-8");

	while (in_left &&
		iconv(to, &in, &in_left, &out, &out_left) == (size_t)-1) {
		/* Not UTF-8: the byte as if it were Latin-1. */
		*out++ = *in++;
		*out++ = 0;
		in_left--;
		out_left -= 2;
	}
	iconv_close(to);
	*ret_size = (size_t)(out - (char *)data);
	return data;
}

/* Add @text with its end behind the data. */
static void add_text(struct v2v_edit *edit, const char *text)
{
	size_t size;
	unsigned char *more = v2v_edit_utf16(text, &size);
	unsigned char *data = v2v_alloc(1, edit->size + size);

	if (edit->size)
		memcpy(data, edit->data, edit->size);
	memcpy(data + edit->size, more, size);
	free(more);
	free(edit->data);
	edit->data = data;
	edit->size += size;
}

static void set_bytes(struct v2v_edit *edit, enum v2v_value_type type,
	const void *data, size_t size)
{
	edit->value_type = type;
	edit->data = v2v_alloc(1, size + 1);
	if (size)
		memcpy(edit->data, data, size);
	edit->size = size;
}

void v2v_edit_dword(struct v2v_edits *edits, const char *key, const char *name,
	uint32_t value, const char *code, const char *why)
{
	const uint32_t little = htole32(value);

	set_bytes(add(edits, V2V_EDIT_SET, key, name, code, why), V2V_REG_DWORD,
		&little, sizeof(little));
}

void v2v_edit_text(struct v2v_edits *edits, const char *key, const char *name,
	enum v2v_value_type type, const char *text, const char *code,
	const char *why)
{
	struct v2v_edit *edit = add(edits, V2V_EDIT_SET, key, name, code, why);

	edit->value_type = type;
	add_text(edit, text);
}

void v2v_edit_texts(struct v2v_edits *edits, const char *key, const char *name,
	const char *const *texts, const char *code, const char *why)
{
	struct v2v_edit *edit = add(edits, V2V_EDIT_SET, key, name, code, why);

	edit->value_type = V2V_REG_MULTI_SZ;
	for (size_t i = 0; texts[i]; i++)
		add_text(edit, texts[i]);
	add_text(edit, "");
}

void v2v_edit_binary(struct v2v_edits *edits, const char *key, const char *name,
	const void *data, size_t size, const char *code, const char *why)
{
	set_bytes(add(edits, V2V_EDIT_SET, key, name, code, why),
		V2V_REG_BINARY, data, size);
}

void v2v_edit_delete_key(struct v2v_edits *edits, const char *key,
	const char *code, const char *why)
{
	add(edits, V2V_EDIT_DELETE_KEY, key, NULL, code, why);
}

void v2v_edit_add_item(struct v2v_edits *edits, const char *key,
	const char *name, enum v2v_value_type type, const char *item,
	const char *code, const char *why)
{
	struct v2v_edit *edit =
		add(edits, V2V_EDIT_ADD_ITEM, key, name, code, why);

	edit->value_type = type;
	edit->item = v2v_strdup(item);
}

void v2v_edit_drop_item(struct v2v_edits *edits, const char *key,
	const char *name, const char *item, const char *code, const char *why)
{
	add(edits, V2V_EDIT_DROP_ITEM, key, name, code, why)->item =
		v2v_strdup(item);
}
