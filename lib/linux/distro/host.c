/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's name, in its own file or among others. */
#include "core/lines.h"
#include "linux/distro/distro.h"

char *v2v_distro_hostname_in(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);
	const char *rest = text;

	while (rest && *rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		if (*line && *line != '#')
			return v2v_take(line);
	}
	return NULL;
}

/* HOSTNAME= of a file of shell variables, its quotes kept, as Augeas does. */
static char *in_sysconfig(const struct v2v_tree *tree, const char *path)
{
	static const char key[] = "HOSTNAME=";
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);
	const char *rest = text;

	while (rest && *rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *s = v2v_line_trim(line);

		if (v2v_starts_with(s, key))
			return v2v_strndup(s + strlen(key),
				strcspn(s + strlen(key), " \t;#"));
	}
	return NULL;
}

char *v2v_distro_hostname(const struct v2v_tree *tree)
{
	static const char *const files[] = { "/etc/HOSTNAME", "/etc/hostname" };
	static const char sysconfig[] = "/etc/sysconfig/network";

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *name = v2v_distro_hostname_in(tree, files[i]);

		if (name)
			return name;
	}
	return in_sysconfig(tree, sysconfig);
}

char *v2v_distro_hostname_bsd(const struct v2v_tree *tree)
{
	static const char key[] = "hostname=";
	CLEANUP_FREE char *text = v2v_distro_text(tree, "/etc/rc.conf");
	const char *rest = text;

	while (rest && *rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *value = line + strlen(key);
		size_t n = strlen(line);

		if (!v2v_starts_with(line, key))
			continue;
		/* The last character goes with the first, whatever it is. */
		if ((*value == '"' || *value == '\'') && n > strlen(key) + 1) {
			line[n - 1] = '\0';
			value++;
		}
		return v2v_strdup(value);
	}
	return NULL;
}
