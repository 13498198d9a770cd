/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which members the lines of a manifest mean. */
#include "unpack/manifest.h"
#include "unpack/ova-private.h"

#include <ctype.h>

char *v2v_manifest_bare_name(const char *name)
{
	const char *start = name + strspn(name, " \t");
	size_t n = strlen(start);
	char *bare;

	while (n && strchr(" \t", start[n - 1]))
		n--;
	if (n > 2 && strchr("\"'", *start) && start[n - 1] == *start) {
		start++;
		n -= 2;
	}
	bare = v2v_strndup(start, n);
	for (char *c = bare; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	return bare;
}

static char *lower(const char *name)
{
	char *copy = v2v_strdup(name);

	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Names in lower case: the place in the list; -1 where several have it. */
static json_t *names_of(const struct v2v_ova *ova)
{
	json_t *names = json_object();

	for (size_t i = 0; i < ova->members.count; i++) {
		CLEANUP_FREE char *name = lower(
			v2v_items(struct v2v_ova_member *, &ova->members)[i]
				->name);
		bool is_known = json_object_get(names, name) != NULL;

		json_object_set_new_nocheck(names, name,
			json_integer(is_known ? -1 : (json_int_t)i));
	}
	return names;
}

static struct v2v_ova_member *find_in_any_case(struct v2v_ova *ova,
	const struct v2v_ova_member *manifest, const char *name,
	const json_t *names)
{
	CLEANUP_FREE char *whole = v2v_ova_beside(manifest, name);
	CLEANUP_FREE char *key = lower(whole);
	const json_t *place = json_object_get(names, key);

	return place && json_integer_value(place) >= 0
		       ? v2v_items(struct v2v_ova_member *,
				 &ova->members)[json_integer_value(place)]
		       : NULL;
}

void v2v_manifest_resolve(struct v2v_ova *ova,
	const struct v2v_ova_member *manifest, const struct v2v_list *lines)
{
	json_auto_t *names = names_of(ova);

	v2v_list_foreach (struct v2v_manifest_line, line, lines) {
		CLEANUP_FREE char *bare = NULL;

		if (!line->name)
			continue;
		line->member = v2v_ova_find_href(ova, manifest, line->name);
		bare = v2v_manifest_bare_name(line->name);
		if (!line->member)
			line->member = v2v_ova_find_href(ova, manifest, bare);
		if (!line->member)
			line->member =
				find_in_any_case(ova, manifest, bare, names);
	}
}
