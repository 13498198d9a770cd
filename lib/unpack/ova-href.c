/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member that an href means. */
#include "unpack/ova-private.h"

#include <ctype.h>

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
					 : tolower((unsigned char)c) - 'a' + 10;
}

/* An href is a URI (DSP0243 §7.1): "my%20disk.vmdk"; the caller's.  "%00"
 * and what is not hexadecimal stay as they are. */
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

char *v2v_ova_beside(const struct v2v_ova_member *from, const char *href)
{
	const char *slash = strrchr(from->name, '/');
	int n = slash ? (int)(slash - from->name) + 1 : 0;
	CLEANUP_FREE char *clean = v2v_ova_without_dots(href);

	/* An absolute one must not become a name in the OVA. */
	return v2v_format("%.*s%s", n, from->name, *href == '/' ? href : clean);
}

/* Exporters that write ISO-8859-1 name the members so too, while the OVF's text
 * is UTF-8 by now; the caller's, NULL where it has other letters. */
static char *as_latin1(const char *utf8)
{
	CLEANUP_FREE char *out = v2v_strdup(utf8);
	char *end = out;

	for (const unsigned char *s = (const unsigned char *)utf8; *s; s++) {
		if (*s < 0x80) {
			*end++ = (char)*s;
		} else if ((*s & 0xfe) == 0xc2 && (s[1] & 0xc0) == 0x80) {
			*end++ = (char)((*s & 3) << 6 | (s[1] & 0x3f));
			s++;
		} else {
			return NULL;
		}
	}
	*end = '\0';
	return v2v_take(out);
}

void v2v_ova_href_names(const struct v2v_ova_member *from, const char *href,
	char *names[V2V_OVA_HREF_NAMES])
{
	CLEANUP_FREE char *decoded = decode(href);

	names[0] = v2v_ova_beside(from, href);
	names[1] = v2v_ova_beside(from, decoded);
	names[2] = as_latin1(names[1]);
}

struct v2v_ova_member *v2v_ova_find_href(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href)
{
	struct v2v_ova_member *found = NULL;
	char *names[V2V_OVA_HREF_NAMES];

	v2v_ova_href_names(from, href, names);
	for (size_t i = 0; i < V2V_OVA_HREF_NAMES; i++) {
		if (!found && names[i])
			found = v2v_ova_find(ova, names[i]);
		free(names[i]);
	}
	return found;
}

/* The last parts of a path, as many as @count. */
static const char *last_parts(const char *path, unsigned count)
{
	const char *s = path + strlen(path);

	while (s > path && (s[-1] != '/' || --count))
		s--;
	return s;
}

struct v2v_ova_member *v2v_ova_find_foreign(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href)
{
	struct v2v_ova_member *found =
		ova->anywhere ? v2v_ova_find(ova, href) : NULL;

	for (unsigned count = 2; !found && count; count--) {
		CLEANUP_FREE char *name =
			v2v_ova_beside(from, last_parts(href, count));

		found = v2v_ova_find(ova, name);
	}
	return found;
}

/* The number behind "PATH.", if that is what @name is. */
static bool is_numbered(const char *name, const char *path, uint64_t *ret)
{
	size_t n = strlen(path);

	return v2v_starts_with(name, path) && name[n] == '.' &&
	       v2v_parse_u64(name + n + 1, ret);
}

struct v2v_ova_member *v2v_ova_find_numbered(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href)
{
	CLEANUP_FREE char *decoded = decode(href);
	CLEANUP_FREE char *path = v2v_ova_beside(from, decoded);
	struct v2v_ova_member *found = NULL;
	uint64_t highest = 0, number;

	v2v_ova_foreach (member, ova) {
		if (!is_numbered(member->name, path, &number) ||
			(found && number < highest))
			continue;
		found = member;
		highest = number;
	}
	return found;
}
