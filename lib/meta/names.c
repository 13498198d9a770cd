/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that the targets accept. */
#include "meta/names.h"

#include <ctype.h>

#define MOST 253 /* bytes of what a target calls a storage or a namespace */

static bool is_lower(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || isdigit(c);
}

static int check(const char *name, const char *option, const char *others,
	struct v2v_error *err)
{
	size_t n = name ? strlen(name) : 1;

	if (!name)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) &&
			(i == 0 || !strchr(others, name[i])))
			n = 0;
	if (n > 0 && n <= MOST)
		return 0;
	return v2v_fail(err, "bad-option",
		"%s: invalid name '%s' (supported: letters and digits, and "
		"behind the first of these also '%s')",
		option, name, others);
}

int v2v_names_check(const struct v2v_meta_options *opt, struct v2v_error *err)
{
	if (opt->name && (!*opt->name || !v2v_is_utf8(opt->name)))
		return v2v_fail(err, "bad-option",
			"invalid machine name '%s' (supported: UTF-8, not "
			"empty)",
			opt->name);
	if (check(opt->storage, "storage", "-_.", err) < 0)
		return -1;
	if (!opt->name_space)
		return 0;
	if (strlen(opt->name_space) <= V2V_DNS_LABEL) {
		CLEANUP_FREE char *label =
			v2v_names_label(opt->name_space, V2V_DNS_LABEL);

		if (v2v_streq(label, opt->name_space))
			return 0;
	}
	return v2v_fail(err, "bad-option",
		"namespace: invalid name '%s' (supported: at most 63 lower "
		"case letters and digits, dashes inside)",
		opt->name_space);
}

char *v2v_names_label(const char *name, size_t most)
{
	char *label = v2v_alloc(strlen(name) + 1, 1);
	size_t n = 0;

	for (; *name && n < most; name++) {
		unsigned char c = (unsigned char)tolower((unsigned char)*name);

		if (is_lower(c))
			label[n++] = (char)c;
		else if (n && label[n - 1] != '-')
			label[n++] = '-';
	}
	while (n && label[n - 1] == '-')
		n--;
	label[n] = '\0';
	if (n)
		return label;
	free(label);
	return v2v_strdup("machine");
}

char *v2v_names_plain(const char *name, const char *others, size_t most)
{
	char *plain = v2v_strndup(name, most);

	for (char *s = plain; *s; s++)
		if (!isalnum((unsigned char)*s) &&
			(s == plain || !strchr(others, *s)))
			*s = '_';
	if (*plain)
		return plain;
	free(plain);
	return v2v_strdup("machine");
}

void v2v_names_tell(
	struct v2v *v, const char *what, const char *from, const char *to)
{
	if (!v2v_streq(from, to))
		v2v_warn(v, "name-changed",
			"%s: the target cannot have the name '%s': it becomes "
			"'%s'",
			what, from, to);
}
