/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files as the readers of configurations see them: the guest's, or in tests
 * those below a directory. */
#ifndef V2V_INSPECT_TREE_H
#define V2V_INSPECT_TREE_H

#include "core/fields.h"
#include "guest/files.h"

struct v2v_tree {
	/* The text of a file, the caller's; NULL where there is none */
	char *(*text)(const struct v2v_tree *tree, const char *path);
	bool (*is_file)(const struct v2v_tree *tree, const char *path);
	/* Add the names in a directory, sorted */
	void (*list)(const struct v2v_tree *tree, const char *directory,
		struct v2v_list *names);
	/* Where a name leads, links resolved; the caller's, or NULL */
	char *(*resolve)(const struct v2v_tree *tree, const char *path);
	enum v2v_kind (*kind)(const struct v2v_tree *tree, const char *path);
	/* The text of a section (".cmdline") of a PE image, without white space
	 * around it; the caller's, or NULL */
	char *(*section)(const struct v2v_tree *tree, const char *path,
		const char *name);
	void *opaque;
};

/* The guest's files; valid while @guest is mounted. */
struct v2v_tree v2v_tree_of_guest(struct v2v_guest *guest);

/* The name in @directory that is @name but for case (vfat knows none), as it
 * is written there, with the directory; the caller's, or NULL. */
char *v2v_tree_find(
	const struct v2v_tree *tree, const char *directory, const char *name);
#endif
