/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shell-like syntax of grub.cfg. */
#include "linux/boot/grub2-script.h"

#define BLANKS " \t\r"

/* "${name}" ends behind its brace, whatever else follows '$'. */
static const char *skip_variable(const char *s)
{
	size_t n = s[1] == '{' ? strcspn(s + 2, "}\n") : 0;

	return s[1] == '{' && s[2 + n] == '}' ? s + 2 + n + 1 : s + 1;
}

/* Braces are words of their own; in "a{b" they are letters. */
static bool is_brace(const char *start, const char *s)
{
	if (*s != '{' && *s != '}')
		return false;
	if (s > start && !strchr(BLANKS, s[-1]))
		return false;
	return !s[1] || strchr(BLANKS "\n;", s[1]);
}

/* An unfinished quote ends with its line: what follows is read then. */
static const char *end_of_command(const char *start)
{
	const char *s = start;
	char quote = '\0';

	while (*s && *s != '\n') {
		if (*s == '\\' && s[1] && quote != '\'') {
			s += 2;
		} else if (*s == '$' && quote != '\'') {
			s = skip_variable(s);
		} else if (quote) {
			quote = *s++ == quote ? '\0' : quote;
		} else if (*s == ';' || is_brace(start, s)) {
			break;
		} else {
			quote = *s == '\'' || *s == '"' ? *s : '\0';
			s++;
		}
	}
	return s;
}

char *v2v_grub2_command(const char **text, char *ret_end)
{
	const char *s = *text, *end;

	for (;;) {
		s += strspn(s, BLANKS "\n;");
		if (*s != '#')
			break;
		s += strcspn(s, "\n");
	}
	if (!*s) {
		*text = s;
		return NULL;
	}
	end = end_of_command(s);
	*ret_end = *end == '{' || *end == '}' ? *end : '\n';
	*text = end + (*end != '\0');
	return v2v_strndup(s, (size_t)(end - s));
}

char *v2v_grub2_word(const char **s)
{
	struct v2v_text word CLEANUP_TEXT = { 0 };
	char quote = '\0';

	*s += strspn(*s, BLANKS "\n");
	for (; **s && (quote || !strchr(BLANKS "\n", **s)); (*s)++) {
		if (**s == '\\' && (*s)[1] && quote != '\'') {
			(*s)++;
			/* Before a newline it joins two lines. */
			if (**s != '\n')
				v2v_text_add(&word, *s, 1);
		} else if (quote ? **s == quote : **s == '\'' || **s == '"') {
			quote = quote ? '\0' : **s;
		} else {
			v2v_text_add(&word, *s, 1);
		}
	}
	return v2v_text_take(&word);
}
