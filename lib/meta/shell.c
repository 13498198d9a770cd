/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words and comments of sh (POSIX.1-2017, XCU 2.2). */
#include "meta/shell.h"

#include <ctype.h>
#include <stdarg.h>

/* What needs no quotes, wherever it is in a word. */
static bool is_plain(const char *word)
{
	if (!*word)
		return false;
	for (; *word; word++)
		if (!isalnum((unsigned char)*word) &&
			!strchr("-_./:,+@%=", *word))
			return false;
	return true;
}

void v2v_shell_word(struct v2v_text *script, const char *word)
{
	if (is_plain(word)) {
		v2v_text_add(script, word, strlen(word));
		return;
	}
	v2v_text_addf(script, "'");
	for (; *word; word++)
		if (*word == '\'')
			v2v_text_addf(script, "'\\''");
		else
			v2v_text_add(script, word, 1);
	v2v_text_addf(script, "'");
}

void v2v_shell_add(struct v2v_text *script, const char *fmt, ...)
{
	CLEANUP_FREE char *word = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&word, fmt, args) < 0)
		abort();
	va_end(args);
	v2v_text_addf(script, " ");
	v2v_shell_word(script, word);
}

/* The bytes at @s of a control character or a line break; 0: it is neither.
 * YAML 1.1 also breaks lines at U+0085, U+2028 and U+2029. */
static size_t control(const unsigned char *s)
{
	if (*s < 0x20 || *s == 0x7f)
		return 1;
	if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9))
		return 3;
	return s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf ? 3 : 0;
}

bool v2v_shell_comment_holds(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s && !control(s))
		s++;
	return !*s;
}

void v2v_shell_comment(struct v2v_text *script, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	v2v_text_addf(script, *text ? "# " : "#");
	for (const unsigned char *s = (unsigned char *)text; *s;) {
		size_t n = control(s);

		if (n)
			v2v_text_addf(script, "_");
		else
			v2v_text_add(script, s, 1);
		s += n ? n : 1;
	}
	v2v_text_addf(script, "\n");
}

void v2v_shell_begin(struct v2v_text *script)
{
	v2v_text_addf(script, "#!/bin/sh\n");
	v2v_shell_comment(script, "made by v2v-meta");
	v2v_shell_comment(script,
		"Names are quoted as they are, whatever they look like:");
	v2v_shell_comment(
		script, "shellcheck disable=SC1003,SC1112,SC2016,SC2034");
	v2v_text_addf(script, "set -eu\n");
}
