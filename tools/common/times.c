/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long the steps took. */
#include "common/times.h"

#include <string.h>

void times_add(json_t *doc, const char *tool, double seconds)
{
	const char *step = tool + strlen("v2v-");
	long long milliseconds = (long long)(seconds * 1000 + 0.5);
	json_t *all = json_array(), *time;
	size_t i;

	json_array_foreach (json_object_get(doc, "times"), i, time) {
		const char *other =
			json_string_value(json_object_get(time, "step"));

		if (!other || strcmp(other, step) != 0)
			json_array_append(all, time);
	}
	json_array_append_new(
		all, json_pack("{s:s, s:f}", "step", step, "seconds",
			     (double)milliseconds / 1000));
	json_object_set_new(doc, "times", all);
}
