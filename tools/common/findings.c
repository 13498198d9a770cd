/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as text, a line each, control bytes of hostile names masked. */
#include "common/findings.h"

#include "common/text.h"

#include <stdint.h>
#include <string.h>

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void put(FILE *out, const char *text)
{
	text_print_masked(out, text, SIZE_MAX);
}

bool findings_print(FILE *out, const json_t *doc)
{
	const json_t *source = json_object_get(doc, "source");
	const json_t *inspect = json_object_get(doc, "inspect");
	const json_t *findings = json_object_get(inspect, "findings"), *finding;
	bool clear = true;
	size_t i;

	put(out, member(source, "name"));
	fputs(": ", out);
	put(out, *member(inspect, "product_name")
			 ? member(inspect, "product_name")
			 : "no operating system known");
	fputc('\n', out);
	json_array_foreach (findings, i, finding) {
		const char *where = member(finding, "where");

		clear &= strcmp(member(finding, "level"), "blocker") != 0;
		fprintf(out, "%-8s", member(finding, "level"));
		if (*where) {
			put(out, where);
			fputs(": ", out);
		}
		put(out, member(finding, "text"));
		fprintf(out, " [%s]\n", member(finding, "code"));
	}
	return clear;
}
