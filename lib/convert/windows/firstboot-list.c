/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of steps is written. */
#include "convert/windows/firstboot.h"

/* The longest line is "install", five digits and a path: so many of them are
 * not too many bytes for the program that reads them. */
_Static_assert(
	sizeof V2V_FIRSTBOOT_HEAD + V2V_FIRSTBOOT_MAX_STEPS *
					    (sizeof "install\t86400\t" +
						    V2V_FIRSTBOOT_MAX_PATH) <=
		V2V_FIRSTBOOT_MAX_BYTES,
	"a list of steps fits");

char *v2v_firstboot_path(const char *path)
{
	char *copy = v2v_strdup(path);

	for (char *c = copy; *c; c++)
		if (*c == '/')
			*c = '\\';
	return copy;
}

int v2v_firstboot_add(struct v2v_firstboot_list *list,
	const struct v2v_firstboot_step *step, struct v2v_error *err)
{
	const char *first = step->arguments[0], *second = step->arguments[1];

	if (!v2v_firstboot_is_valid(step))
		return v2v_fail(err, "firstboot",
			"'%s' cannot be a step of the first start: %s",
			first ? first : "", v2v_firstboot_word(step->kind));
	if (list->count++ == V2V_FIRSTBOOT_MAX_STEPS)
		return v2v_fail(err, "firstboot",
			"more than %d steps at the first start",
			V2V_FIRSTBOOT_MAX_STEPS);
	v2v_text_addf(&list->text, "%s\t%u%s%s%s%s\n",
		v2v_firstboot_word(step->kind), step->seconds,
		first ? "\t" : "", first ? first : "", second ? "\t" : "",
		second ? second : "");
	return 0;
}
