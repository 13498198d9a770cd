/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A look at a text before libxml2 gets it, whose check for doubled
 * attributes takes the square of their number in one tag. */
#include "core/xml-read.h"

#define MAX_ATTRIBUTES 1000 /* of one element */

/* UTF-16 without its zeros is near enough. */
static char *without_zeros(const char *text, size_t size)
{
	char *out = v2v_alloc(1, size + 1), *end = out;

	for (size_t i = 0; i < size; i++)
		if (text[i])
			*end++ = text[i];
	*end = '\0';
	return out;
}

/* Behind the next @end, or at the text's end. */
static const char *skip_to(const char *s, const char *end)
{
	const char *found = strstr(s, end);

	return found ? found + strlen(end) : s + strlen(s);
}

/* From behind '<' to behind '>'; an attribute's value may hold '>'. */
static const char *scan_tag(const char *s, size_t *ret_attributes)
{
	*ret_attributes = 0;
	for (; *s && *s != '>'; s++) {
		if (*s == '=')
			(*ret_attributes)++;
		if (*s != '"' && *s != '\'')
			continue;
		s = strchr(s + 1, *s);
		if (!s)
			return "";
	}
	return *s ? s + 1 : s;
}

bool v2v_xml_is_overloaded(const char *text, size_t size)
{
	CLEANUP_FREE char *copy = without_zeros(text, size);
	const char *s = copy;
	size_t attributes;

	while (*(s += strcspn(s, "<"))) {
		s++;
		if (v2v_starts_with(s, "!--")) {
			s = skip_to(s + 3, "-->");
		} else if (v2v_starts_with(s, "![CDATA[")) {
			s = skip_to(s, "]]>");
		} else if (*s == '?') {
			s = skip_to(s, "?>");
		} else {
			s = scan_tag(s, &attributes);
			if (attributes > MAX_ATTRIBUTES)
				return true;
		}
	}
	return false;
}
