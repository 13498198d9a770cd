/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded list of names. */
#include "core/names.h"

#define MAX_SHOWN 5
#define MAX_NAME  50  /* bytes of one; of a longer one the end is left out */
#define MAX_TEXT  160 /* bytes of all */

/* The bytes of @name that are shown; no UTF-8 character is cut in two. */
static size_t shown_length(const char *name)
{
	size_t n = strlen(name);

	if (n <= MAX_NAME)
		return n;
	for (n = MAX_NAME; n && ((unsigned char)name[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

void v2v_names_add(struct v2v_names *names, const char *name)
{
	size_t n = shown_length(name);

	names->count++;
	if (names->shown == MAX_SHOWN ||
		names->text.length + n + sizeof ", '...'" > MAX_TEXT)
		return;
	names->shown++;
	v2v_text_addf(&names->text, "%s'%.*s%s'",
		names->text.length ? ", " : "", (int)n, name,
		name[n] ? "..." : "");
}

const char *v2v_names_text(struct v2v_names *names)
{
	size_t more = names->count - names->shown;

	if (!names->count)
		return "nothing";
	if (more)
		v2v_text_addf(&names->text, " and %zu more", more);
	return names->text.data;
}

void v2v_names_clear(struct v2v_names *names)
{
	v2v_text_clear(&names->text);
}
