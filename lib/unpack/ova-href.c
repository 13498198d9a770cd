/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member that an href means. */
#include "unpack/ova.h"

#include <ctype.h>

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
					 : tolower((unsigned char)c) - 'a' + 10;
}

/* An href is a URI (DSP0243 §7.1): "my%20disk.vmdk"; the caller's.  "%00"
 * and what is no hex stay as they are. */
static char *decode(const char *href)
{
	char *out = v2v_strdup(href), *end = out;

	for (const char *s = href; *s; s++) {
		int byte = 0;

		if (*s == '%' && isxdigit((unsigned char)s[1]) &&
			isxdigit((unsigned char)s[2]))
			byte = hex_value(s[1]) << 4 | hex_value(s[2]);
		*end++ = byte ? (char)byte : *s;
		s += byte ? 2 : 0;
	}
	*end = '\0';
	return out;
}

/* VMware's exports of snapshots: "NAME.9", "NAME.10"; the highest. */
static const struct v2v_ova_member *find_numbered(
	const struct v2v_ova *ova, const char *path)
{
	const struct v2v_ova_member *found = NULL;
	size_t n = strlen(path);
	uint64_t highest = 0, number;

	v2v_list_foreach (const struct v2v_ova_member, member, &ova->members) {
		if (!v2v_starts_with(member->name, path) ||
			member->name[n] != '.' ||
			!v2v_parse_u64(member->name + n + 1, &number))
			continue;
		if (!found || number > highest) {
			found = member;
			highest = number;
		}
	}
	return found;
}

const struct v2v_ova_member *v2v_ova_find_href(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *href)
{
	const char *slash = strrchr(descriptor->name, '/');
	int n = slash ? (int)(slash - descriptor->name) + 1 : 0;
	CLEANUP_FREE char *path = NULL, *decoded = NULL;
	const struct v2v_ova_member *found;

	while (v2v_starts_with(href, "./"))
		href += 2;
	path = v2v_format("%.*s%s", n, descriptor->name, href);
	found = v2v_ova_find(ova, path);
	if (found)
		return found;
	decoded = decode(path + n);
	free(path);
	path = v2v_format("%.*s%s", n, descriptor->name, decoded);
	found = v2v_ova_find(ova, path);
	return found ? found : find_numbered(ova, path);
}
