/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded list of names. */
#include "core/names.h"
#include "core/fields.h"

#define MAX_SHOWN 5
#define MAX_NAME  50  /* bytes of one; of a longer one the end is left out */
#define MAX_TEXT  160 /* bytes of all */

void v2v_names_add(struct v2v_names *names, const char *name)
{
	size_t n = v2v_utf8_cut(name, MAX_NAME);

	names->count++;
	if (names->shown == MAX_SHOWN ||
		names->text.length + n + sizeof ", '...'" > MAX_TEXT)
		return;
	names->shown++;
	v2v_text_join(&names->text, ", ", "'%.*s%s'", (int)n, name,
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
