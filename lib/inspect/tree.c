/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's files as a tree. */
#include "inspect/tree.h"

#include "guest/files.h"

static char *text(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_text(tree->opaque, path);
}

static bool is_file(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_is_file(tree->opaque, path);
}

static void list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	v2v_guest_list(tree->opaque, directory, names);
}

static char *resolve(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_resolve(tree->opaque, path);
}

static enum v2v_kind kind(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_kind(tree->opaque, path);
}

struct v2v_tree v2v_tree_of_guest(struct v2v_guest *guest)
{
	return (struct v2v_tree){ text, is_file, list, resolve, kind, guest };
}

char *v2v_tree_find(
	const struct v2v_tree *tree, const char *directory, const char *name)
{
	struct v2v_list names CLEANUP_NAMES = { 0 };

	tree->list(tree, directory, &names);
	v2v_list_foreach (char *, have, &names)
		if (strcasecmp(*have, name) == 0)
			return v2v_format("%s/%s", directory, *have);
	return NULL;
}
