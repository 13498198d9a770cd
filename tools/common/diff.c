/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diffs of a guest's texts, which are untrusted. */
#include "common/diff.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>

void diff_print(FILE *out, const json_t *section)
{
	const char *text = json_string_value(json_object_get(section, "diff"));

	while (text && *text) {
		size_t n = strcspn(text, "\n\t");
		char *part = strndup(text, n);

		if (!part)
			abort();
		text_print_masked(out, part, n);
		free(part);
		text += n;
		if (*text)
			fputc(*text++, out);
	}
}
