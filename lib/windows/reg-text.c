/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a hive as a .reg file, and in one line. */
#include "windows/reg-text.h"

#include "image/bytes.h"

#include <iconv.h>

/* Bytes of a value in one line. */
#define MOST_SHOWN 512

static const char *name_of_hive(const char *path)
{
	const char *base = v2v_base_name(path);

	return strcasecmp(base, "BCD") == 0 ? "BCD00000000" : base;
}

char *v2v_reg_where(const char *path, const struct v2v_edited *edited)
{
	return v2v_format("%s\\%s%s%s", v2v_base_name(path), edited->key,
		edited->name ? "\\" : "",
		!edited->name	? ""
		: *edited->name ? edited->name
				: "(default)");
}

static bool is_number(const struct v2v_value *value)
{
	return value->type == V2V_REG_DWORD && value->size == 4;
}

static bool is_text(const struct v2v_value *value)
{
	return value->type == V2V_REG_SZ || value->type == V2V_REG_EXPAND_SZ ||
	       value->type == V2V_REG_MULTI_SZ;
}

/* In UTF-8, the caller's, with ", " in the place of NULs inside it; control
 * characters are masked. */
static char *text_of(const struct v2v_value *value)
{
	size_t in_left = value->size & ~(size_t)1, out_left = 4 * in_left + 1;
	char *in = (char *)value->data;
	CLEANUP_FREE char *utf8 = v2v_alloc(1, out_left);
	char *out = utf8;
	struct v2v_text text = { 0 };
	iconv_t to = iconv_open("UTF-8", "UTF-16LE");
	bool is_more = false;

	while (in_left &&
		iconv(to, &in, &in_left, &out, &out_left) == (size_t)-1) {
		const size_t skip = in_left < 2 ? in_left : 2;

		*out++ = '?';
		in += skip;
		in_left -= skip;
		out_left--;
	}
	iconv_close(to);
	while (out > utf8 && !out[-1])
		out--;
	v2v_text_addf(&text, "%s", "");
	for (const char *s = utf8; s < out; s++) {
		const unsigned char c = (unsigned char)*s;

		if (!c && is_more)
			v2v_text_addf(&text, ", ");
		else if (c)
			v2v_text_addf(
				&text, "%c", c < ' ' || c == 127 ? '?' : c);
		is_more = true;
	}
	return v2v_text_take(&text);
}

static void add_bytes(const struct v2v_value *value, size_t most,
	const char *between, struct v2v_text *out)
{
	for (size_t i = 0; i < value->size && i < most; i++)
		v2v_text_addf(out, "%s%02x", i ? between : "", value->data[i]);
}

/* In a line: 3, "text", 01 ff. */
static void add_short(const struct v2v_value *value, struct v2v_text *out)
{
	CLEANUP_FREE char *text = NULL;

	if (!value->is_there) {
		v2v_text_addf(out, "none");
		return;
	}
	if (is_number(value)) {
		v2v_text_addf(out, "%u", le32(value->data));
		return;
	}
	if (!is_text(value)) {
		add_bytes(value, MOST_SHOWN / 4, " ", out);
		return;
	}
	text = text_of(value);
	text[v2v_utf8_cut(text, MOST_SHOWN)] = '\0';
	v2v_text_addf(out, "'%s'", text);
}

char *v2v_reg_what(const struct v2v_edited *edited)
{
	struct v2v_text out = { 0 };

	if (edited->type == V2V_EDITED_NO_KEY)
		return v2v_strdup("key deleted");
	add_short(&edited->before, &out);
	v2v_text_addf(&out, " → ");
	add_short(&edited->after, &out);
	return v2v_text_take(&out);
}

/* '\' and '"' have a '\' before them; what would end the line is masked. */
static void add_quoted(const char *text, struct v2v_text *out)
{
	v2v_text_addf(out, "\"");
	for (; *text; text++)
		if (*text == '\\' || *text == '"')
			v2v_text_addf(out, "\\%c", *text);
		else
			v2v_text_addf(out, "%c",
				(unsigned char)*text < ' ' ? '?' : *text);
	v2v_text_addf(out, "\"");
}

static void add_name(const char *name, struct v2v_text *out)
{
	if (*name)
		add_quoted(name, out);
	else
		v2v_text_addf(out, "@");
	v2v_text_addf(out, "=");
}

/* A string that has no control characters in it can be read as it is. */
static bool is_plain(const struct v2v_value *value)
{
	if (value->type != V2V_REG_SZ || value->size < 2 || value->size % 2 ||
		le16(value->data + value->size - 2))
		return false;
	for (size_t i = 0; i + 2 < value->size; i += 2) {
		const unsigned c = le16(value->data + i);

		if (c < ' ' || c == 127 || (c >= 0xd800 && c < 0xe000))
			return false;
	}
	return true;
}

static void add_data(const struct v2v_value *value, struct v2v_text *out)
{
	CLEANUP_FREE char *text = is_plain(value) ? text_of(value) : NULL;

	if (is_number(value))
		v2v_text_addf(out, "dword:%08x", le32(value->data));
	else if (text)
		add_quoted(text, out);
	else {
		if (value->type == V2V_REG_BINARY)
			v2v_text_addf(out, "hex:");
		else
			v2v_text_addf(out, "hex(%x):", value->type);
		add_bytes(value, value->size, ",", out);
	}
}

static void add_value(const struct v2v_edited *edited, struct v2v_text *out)
{
	if (edited->before.is_there) {
		v2v_text_addf(out, ";");
		add_name(edited->name, out);
		add_data(&edited->before, out);
		v2v_text_addf(out, "\n");
	}
	add_name(edited->name, out);
	if (edited->after.is_there)
		add_data(&edited->after, out);
	else
		v2v_text_addf(out, "-");
	v2v_text_addf(out, "\n");
}

static void add_key(const char *hive, const char *key, const char *minus,
	struct v2v_text *out)
{
	v2v_text_addf(out, "\n[%sHKEY_LOCAL_MACHINE\\%s\\", minus, hive);
	for (; *key; key++)
		v2v_text_addf(
			out, "%c", (unsigned char)*key < ' ' ? '?' : *key);
	v2v_text_addf(out, "]\n");
}

char *v2v_reg_text(const char *path, const struct v2v_list *edited)
{
	const char *hive = name_of_hive(path), *key = NULL;
	struct v2v_text out = { 0 };

	v2v_text_addf(&out,
		"Windows Registry Editor Version 5.00\n\n; of the guest's "
		"'%s'\n",
		path);
	v2v_list_foreach (const struct v2v_edited, one, edited) {
		if (one->type == V2V_EDITED_NO_KEY) {
			add_key(hive, one->key, "-", &out);
			key = NULL;
			continue;
		}
		if (!key || strcmp(key, one->key) != 0)
			add_key(hive, one->key, "", &out);
		key = one->key;
		if (one->type == V2V_EDITED_VALUE)
			add_value(one, &out);
	}
	v2v_text_addf(&out, "\n");
	return v2v_text_take(&out);
}
