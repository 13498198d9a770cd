/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted bytes as the UTF-8 that JSON needs. */
#include "core/fields.h"

/* Length of the well-formed UTF-8 sequence at @s, 0 where there is none
 * (RFC 3629 §4). */
static size_t utf8_length(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t length;
	} forms[] = {
		{ 0x01, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (s[0] >= forms[i].first && s[0] <= forms[i].last)
			break;
	if (i == ARRAY_SIZE(forms))
		return 0;
	if (forms[i].length > 1 &&
		(s[1] < forms[i].low || s[1] > forms[i].high))
		return 0;
	for (k = 2; k < forms[i].length; k++)
		if ((s[k] & 0xc0) != 0x80)
			return 0;
	return forms[i].length;
}

size_t v2v_utf8_cut(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);

	if (n <= most)
		return n;
	for (n = most; n && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

bool v2v_is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 1;

	for (; *s && n; s += n)
		n = utf8_length(s);
	return n != 0;
}

json_t *v2v_json_text(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	struct v2v_text clean CLEANUP_TEXT = { 0 };

	if (!text)
		return json_null();
	while (*s) {
		size_t n = utf8_length(s);

		if (n)
			v2v_text_add(&clean, s, n);
		else
			v2v_text_add(&clean, "\xef\xbf\xbd", 3);
		s += n ? n : 1;
	}
	return json_stringn(clean.data ? clean.data : "", clean.length);
}
