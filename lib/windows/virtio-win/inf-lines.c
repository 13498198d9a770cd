/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the bytes of an INF to its lines. */
#include "windows/virtio-win/inf-private.h"

#include "core/lines.h"

#include <string.h>
#include <strings.h>

#define MAX_FIELD 512 /* bytes; the rest is left out */

static void add_character(struct v2v_text *text, uint32_t c)
{
	char utf8[4];
	size_t n = 0;

	if (!c)
		return;
	if (c < 0x80) {
		utf8[n++] = (char)c;
	} else if (c < 0x800) {
		utf8[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		utf8[n++] = (char)(0xe0 | c >> 12);
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		utf8[n++] = (char)(0xf0 | c >> 18);
		utf8[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		utf8[n++] = (char)(0x80 | (c & 0x3f));
	v2v_text_add(text, utf8, n);
}

/* @low: where the low byte of each unit is. */
static uint32_t unit(const unsigned char *s, size_t low)
{
	return s[low] | (uint32_t)s[1 - low] << 8;
}

static char *from_utf16(const unsigned char *s, size_t size, size_t low)
{
	struct v2v_text text = { 0 };
	size_t i;

	for (i = 0; i + 1 < size; i += 2) {
		uint32_t c = unit(s + i, low), second = 0;

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < size)
			second = unit(s + i + 2, low);
		if (second >= 0xdc00 && second < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (second - 0xdc00);
			i += 2;
		}
		if (c < 0xd800 || c >= 0xe000)
			add_character(&text, c);
	}
	return v2v_text_take(&text);
}

static char *from_latin1(const unsigned char *s, size_t size)
{
	struct v2v_text text = { 0 };

	for (size_t i = 0; i < size; i++)
		add_character(&text, s[i]);
	return v2v_text_take(&text);
}

char *v2v_inf_text(const void *data, size_t size)
{
	const unsigned char *s = data;
	char *text;

	if (size >= 2 && s[0] == 0xff && s[1] == 0xfe)
		return from_utf16(s + 2, size - 2, 0);
	if (size >= 2 && s[0] == 0xfe && s[1] == 0xff)
		return from_utf16(s + 2, size - 2, 1);
	/* Some are UTF-16 without a mark. */
	if (size >= 4 && s[0] && !s[1] && s[2] && !s[3])
		return from_utf16(s, size, 0);
	if (size >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		size -= 3;
	}
	text = v2v_strndup((const char *)s, size);
	if (strlen(text) == size && v2v_is_utf8(text))
		return text;
	free(text);
	return from_latin1(s, size);
}

/* Where the first @wanted of @s is that is not quoted; its end. */
static char *find_plain(char *s, char wanted)
{
	bool quoted = false;

	for (; *s && (quoted || *s != wanted); s++)
		quoted ^= *s == '"';
	return s;
}

/* One line without its comment; one that ends with '\' goes on. */
static char *next_line(const char **rest)
{
	struct v2v_text whole = { 0 };
	char *line;
	bool goes_on = true;

	if (!**rest)
		return NULL;
	while (goes_on && (line = v2v_line_next(rest))) {
		const char *trimmed;
		size_t n;

		*find_plain(line, ';') = '\0';
		trimmed = v2v_line_trim(line);
		n = strlen(trimmed);
		goes_on = n && trimmed[n - 1] == '\\';
		v2v_text_add(&whole, trimmed, goes_on ? n - 1 : n);
		free(line);
	}
	return v2v_text_take(&whole);
}

/* Without quotes around it, cut. */
static char *field_of(char *s)
{
	s = v2v_line_unquote(v2v_line_trim(s));
	return v2v_strndup(s, v2v_utf8_cut(s, MAX_FIELD));
}

static void split_fields(char *s, struct v2v_inf_line *line)
{
	while (line->fields.count < V2V_INF_FIELDS) {
		char *end = find_plain(s, ',');
		bool last = !*end;
		CLEANUP_FREE char *field = NULL;

		*end = '\0';
		field = field_of(s);
		v2v_list_add_string(&line->fields, field);
		if (last)
			return;
		s = end + 1;
	}
}

static void add_line(
	struct v2v_inf_lines *lines, const char *section, char *text)
{
	struct v2v_inf_line *line = v2v_list_add(&lines->list, sizeof *line);
	char *value = find_plain(text, '=');

	line->section = v2v_strdup(section);
	if (*value) {
		*value++ = '\0';
		line->key = field_of(text);
	} else {
		value = text;
		line->key = v2v_strdup("");
	}
	split_fields(value, line);
}

const char *v2v_inf_value(const struct v2v_inf_lines *lines, const char *field)
{
	size_t n = strlen(field);

	if (n < 3 || field[0] != '%' || field[n - 1] != '%')
		return field;
	v2v_inf_foreach (line, lines, "Strings")
		if (strlen(line->key) == n - 2 &&
			strncasecmp(line->key, field + 1, n - 2) == 0 &&
			line->fields.count)
			return v2v_items(const char *, &line->fields)[0];
	return field;
}

void v2v_inf_split(const char *text, struct v2v_inf_lines *lines)
{
	CLEANUP_FREE char *section = v2v_strdup("");
	char *line;

	while (lines->list.count < V2V_INF_LINES && (line = next_line(&text))) {
		size_t n = strlen(line);

		if (n > 2 && line[0] == '[' && line[n - 1] == ']') {
			free(section);
			section = v2v_strndup(line + 1, n - 2);
		} else if (n) {
			add_line(lines, section, line);
		}
		free(line);
	}
}

void v2v_inf_lines_clear(struct v2v_inf_lines *lines)
{
	v2v_list_foreach (struct v2v_inf_line, line, &lines->list) {
		free(line->section);
		free(line->key);
		v2v_strings_clear(&line->fields);
	}
	free(lines->list.items);
	lines->list = (struct v2v_list){ NULL, 0 };
}
