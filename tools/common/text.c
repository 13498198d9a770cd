/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted text, for terminals and for JSON. */
#include "common/text.h"
#include "common/array.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3629 §3: the bits of the first byte, those that follow, and the least
 * that needs so many. */
static const struct {
	unsigned char mask, lead;
	size_t length;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 1, 0x1 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

/* The character at @text, and its length; 0: there is none. */
static size_t decode(const char *text, uint32_t *ret_character)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t form = 0, n = ARRAY_SIZE(forms);
	uint32_t c;

	while (form < n && (*s & forms[form].mask) != forms[form].lead)
		form++;
	if (form == n)
		return 0;
	c = *s & (unsigned char)~forms[form].mask;
	for (size_t i = 1; i < forms[form].length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < forms[form].least || c > 0x10ffff ||
		(c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_character = c;
	return forms[form].length;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

void text_print_masked(FILE *out, const char *text, size_t room)
{
	while (*text) {
		uint32_t c = 0;
		size_t n = decode(text, &c);
		bool is_shown = n && !is_control(c);

		if ((is_shown ? n : 1) > room)
			return;
		if (is_shown)
			fwrite(text, 1, n, out);
		else
			fputc('?', out);
		room -= is_shown ? n : 1;
		text += n ? n : 1;
	}
}

size_t text_columns(const char *text, size_t length)
{
	const char *end = text + length;
	size_t columns = 0;

	for (; text < end; columns++) {
		uint32_t c;
		size_t n = decode(text, &c);

		text += n ? n : 1;
	}
	return columns;
}

json_t *text_to_json(const char *text)
{
	static const char bad[] = "\xef\xbf\xbd";
	/* One bad byte becomes three. */
	char *clean = malloc(strlen(text) * 3 + 1), *to = clean;
	json_t *json;

	if (!clean)
		abort();
	while (*text) {
		uint32_t c;
		size_t n = decode(text, &c);

		memcpy(to, n ? text : bad, n ? n : 3);
		to += n ? n : 3;
		text += n ? n : 1;
	}
	json = json_stringn(clean, (size_t)(to - clean));
	free(clean);
	return json;
}
