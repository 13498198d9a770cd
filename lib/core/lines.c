/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking configuration texts. */
#include "core/lines.h"

static const char blanks[] = " \t\r\n";

char *v2v_line_next(const char **text)
{
	size_t n = strcspn(*text, "\n");
	char *line;

	if (!**text)
		return NULL;
	line = v2v_strndup(*text, n);
	*text += n + ((*text)[n] == '\n');
	return line;
}

char *v2v_line_split(char *line)
{
	char *rest = line + strcspn(line, blanks);

	if (*rest)
		*rest++ = '\0';
	return rest + strspn(rest, blanks);
}

char *v2v_line_trim(char *s)
{
	size_t n;

	s += strspn(s, blanks);
	n = strlen(s);
	while (n && strchr(blanks, s[n - 1]))
		s[--n] = '\0';
	return s;
}

char *v2v_line_unquote(char *s)
{
	size_t n;

	s = v2v_line_trim(s);
	n = strlen(s);
	if (n >= 2 && (*s == '"' || *s == '\'') && s[n - 1] == *s) {
		s[n - 1] = '\0';
		s++;
	}
	return s;
}

void v2v_ini_read(const char *text,
	void (*set)(const char *section, const char *key, const char *value,
		void *opaque),
	void *opaque)
{
	CLEANUP_FREE char *section = v2v_strdup("");

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *s = v2v_line_trim(line), *value = strchr(s, '=');

		if (*s == '[' && s[strlen(s) - 1] == ']') {
			s[strlen(s) - 1] = '\0';
			v2v_string_set(&section, s + 1);
		} else if (value && *s != '#' && *s != ';') {
			*value++ = '\0';
			set(section, v2v_line_trim(s), v2v_line_trim(value),
				opaque);
		}
	}
}
