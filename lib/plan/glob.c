/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names against patterns with braces, as glob(3) expands them. */
#include "plan/plan-private.h"

#include <fnmatch.h>

/* The '}' that ends the brace at @s; NULL: it is not a brace. */
static const char *end_of_brace(const char *s)
{
	unsigned depth = 0;

	for (; *s; s++)
		if (*s == '{')
			depth++;
		else if (*s == '}' && --depth == 0)
			return s;
	return NULL;
}

/* The end of an alternative that begins at @s: its ',' or the brace's end. */
static const char *end_of_choice(const char *s)
{
	unsigned depth = 0;

	for (; *s; s++)
		if (depth == 0 && (*s == ',' || *s == '}'))
			return s;
		else if (*s == '{')
			depth++;
		else if (*s == '}')
			depth--;
	return s;
}

bool v2v_glob_matches(const char *pattern, const char *path)
{
	const char *open = strchr(pattern, '{');
	const char *close = open ? end_of_brace(open) : NULL;

	if (!close)
		return fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD) == 0;
	for (const char *s = open + 1; s <= close;) {
		const char *end = end_of_choice(s);
		CLEANUP_FREE char *chosen =
			v2v_format("%.*s%.*s%s", (int)(open - pattern), pattern,
				(int)(end - s), s, close + 1);

		if (v2v_glob_matches(chosen, path))
			return true;
		s = end + 1;
	}
	return false;
}
