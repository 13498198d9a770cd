/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document's members, as they are printed for people. */
#include "common/member.h"
#include "common/array.h"

const char *member_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void member_put_size(FILE *out, json_int_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
		"TiB" };
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		size /= 1024;
		unit++;
	}
	fprintf(out, "%.*f %s", unit == 0 || size >= 100 ? 0 : 1, size,
		units[unit]);
}
