/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of release files. */
#include "core/lines.h"
#include "linux/distro/distro.h"

#include <ctype.h>

char *v2v_distro_text(const struct v2v_tree *tree, const char *path)
{
	static const int64_t most = 2 * 1048 * 1024; /* libguestfs' */

	return v2v_tree_size(tree, path) <= most ? v2v_tree_text(tree, path)
						 : NULL;
}

int64_t v2v_distro_number(const char **s)
{
	size_t n = strspn(*s, "0123456789");
	CLEANUP_FREE char *digits = v2v_strndup(*s, n);
	int64_t number;

	*s += n;
	return v2v_parse_i64(digits, &number) && number <= INT32_MAX ? number
								     : -1;
}

/* Does a number begin here, and is it the one with a minor? */
static const char *find_number(const char *text, bool with_minor)
{
	for (const char *s = text; *s; s++) {
		size_t n = strspn(s, "0123456789");

		if (n == 0)
			continue;
		if (!with_minor ||
			(s[n] == '.' && isdigit((unsigned char)s[n + 1])))
			return s;
		s += n - 1;
	}
	return NULL;
}

void v2v_distro_version(const char *text, struct v2v_inspect *inspect)
{
	const char *s = find_number(text, true);
	int64_t major, minor = 0;
	const bool both = s != NULL;

	if (!s)
		s = find_number(text, false);
	if (!s)
		return;
	major = v2v_distro_number(&s);
	if (both) {
		s++;
		minor = v2v_distro_number(&s);
	}
	if (major < 0 || minor < 0)
		return;
	inspect->major_version = major;
	inspect->minor_version = minor;
}

static int64_t number_behind(const char *line, const char *key)
{
	if (!line || !v2v_starts_with(line, key))
		return -1;
	line += strlen(key);
	return isdigit((unsigned char)*line) ? v2v_distro_number(&line) : -1;
}

static void set_suse(const char *second, const char *third, bool enterprise,
	struct v2v_inspect *inspect)
{
	int64_t minor = number_behind(third, "PATCHLEVEL = ");

	v2v_string_set(&inspect->distro, enterprise ? "sles" : "opensuse");
	if (!enterprise) {
		if (second)
			v2v_distro_version(second, inspect);
		return;
	}
	inspect->major_version = number_behind(second, "VERSION = ");
	inspect->minor_version = minor > 0 ? minor : 0;
}

bool v2v_distro_suse_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect)
{
	static const char *const enterprise[] = { "SUSE Linux Enterprise ",
		"SUSE LINUX Enterprise ", "Novell Linux Desktop " };
	static const char *const open[] = { "openSUSE ", "SuSE Linux ",
		"SUSE LINUX " };
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);
	const char *rest = text;
	CLEANUP_FREE char *first = text ? v2v_line_next(&rest) : NULL;
	CLEANUP_FREE char *second = first ? v2v_line_next(&rest) : NULL;
	CLEANUP_FREE char *third = second ? v2v_line_next(&rest) : NULL;

	if (!text)
		return false;
	v2v_string_set(&inspect->product_name, first ? first : "");
	if (v2v_starts_with_any(first, enterprise))
		set_suse(second, third, true, inspect);
	else if (v2v_starts_with_any(first, open))
		set_suse(second, third, false, inspect);
	return true;
}

bool v2v_distro_first_line(const struct v2v_tree *tree, const char *path,
	const char *distro, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);
	const char *rest = text;
	CLEANUP_FREE char *line = text ? v2v_line_next(&rest) : NULL;

	if (!line || !*line)
		return false;
	v2v_string_set(&inspect->product_name, line);
	v2v_string_set(&inspect->distro, distro);
	v2v_distro_version(line, inspect);
	return true;
}
