/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of fstab and crypttab. */
#include "linux/storage/tables.h"

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The character that an escape at @s means, or 0. */
static unsigned escaped(const char *s, size_t n)
{
	if (n < 4 || *s != '\\' || s[1] > '3' || !is_octal(s[1]) ||
		!is_octal(s[2]) || !is_octal(s[3]))
		return 0;
	return (unsigned)(s[1] - '0') << 6 | (unsigned)(s[2] - '0') << 3 |
	       (unsigned)(s[3] - '0');
}

char *v2v_table_unescape(const char *s, size_t n)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < n; i++) {
		const char value = (char)escaped(s + i, n - i);

		v2v_text_add(&out, value ? &value : s + i, 1);
		i += value ? 3 : 0;
	}
	return v2v_text_take(&out);
}

char *v2v_table_device(const char *s, size_t n)
{
	if (n >= 2 && (*s == '"' || *s == '\'') && s[n - 1] == *s)
		return v2v_table_unescape(s + 1, n - 2);
	return v2v_table_unescape(s, n);
}
