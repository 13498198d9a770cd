/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pacman: a folder for each package in /var/lib/pacman/local, with a file desc
 * of "%KEY%" and its values in the lines behind it. */
#include "core/lines.h"
#include "linux/packages/packages-private.h"

#define LOCAL	  "/var/lib/pacman/local"
#define MOST_DESC 8192

static void read_desc(const char *text, struct v2v_package *package)
{
	CLEANUP_FREE char *version = NULL;
	const struct {
		const char *key;
		char **value;
	} keys[] = {
		{ "%NAME%", &package->name },
		{ "%VERSION%", &version },
		{ "%ARCH%", &package->arch },
	};
	char **next = NULL;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (next && *line)
			v2v_string_set(next, line);
		next = NULL;
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strcmp(line, keys[i].key) == 0)
				next = keys[i].value;
	}
	if (version)
		v2v_package_version(package, version);
}

static void add_desc(const struct v2v_tree *tree, const char *folder,
	struct v2v_list *applications)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s/desc", LOCAL, folder);
	CLEANUP_FREE char *text = v2v_tree_size(tree, path) <= MOST_DESC
					  ? v2v_tree_text(tree, path)
					  : NULL;
	struct v2v_package package CLEANUP_PACKAGE = { 0 };

	if (!text)
		return;
	read_desc(text, &package);
	if (package.name && package.arch && package.epoch >= 0 &&
		package.version && *package.version && package.release &&
		*package.release)
		v2v_package_add(&package, applications);
}

int v2v_packages_pacman(const struct v2v_tree *tree,
	struct v2v_list *applications, struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (!v2v_tree_is_dir(tree, LOCAL))
		return v2v_fail(err, "guest-packages",
			"directory '%s' not found", LOCAL);
	v2v_tree_list(tree, LOCAL, &names);
	v2v_list_foreach (char *, name, &names) {
		if (v2v_tree_check(tree, err) < 0)
			return -1;
		add_desc(tree, *name, applications);
	}
	return 0;
}
