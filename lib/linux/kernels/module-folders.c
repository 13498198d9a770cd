/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of modules. */
#include "linux/kernels/module-folders.h"

#include "linux/boot/boot-entry.h"
#include "linux/boot/nixos.h"
#include "linux/boot/ostree.h"

/* Each is listed: more are hostile. */
#define MAX_FOLDERS 256

void v2v_module_folders_clear(struct v2v_list *folders)
{
	v2v_list_foreach (struct v2v_module_folder, folder, folders) {
		free(folder->release);
		free(folder->path);
	}
	free(folders->items);
	*folders = (struct v2v_list){ 0 };
}

const char *v2v_module_folder(
	const struct v2v_list *folders, const char *release)
{
	v2v_list_foreach (const struct v2v_module_folder, folder, folders)
		if (strcmp(folder->release, release) == 0)
			return folder->path;
	return NULL;
}

static void add_above(const struct v2v_tree *tree, const char *above,
	struct v2v_list *folders)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, above, &names);
	v2v_list_foreach (char *, name, &names) {
		struct v2v_module_folder *folder;

		if (v2v_module_folder(folders, *name))
			continue;
		if (folders->count >= MAX_FOLDERS)
			return;
		folder = v2v_list_add(folders, sizeof *folder);
		folder->release = v2v_strdup(*name);
		folder->path = v2v_format("%s/%s", above, *name);
	}
}

/* Deployments lie in the filesystem that is mounted at /sysroot. */
static char *in_deployment(
	const struct v2v_tree *tree, const struct v2v_boot_entry *entry)
{
	CLEANUP_FREE char *name = v2v_ostree_argument(entry->options);
	CLEANUP_FREE char *path =
		name ? v2v_format("/sysroot%s/usr/lib/modules", name) : NULL;

	return path ? v2v_tree_resolve(tree, path) : NULL;
}

static char *in_generation(
	const struct v2v_tree *tree, const struct v2v_boot_entry *entry)
{
	CLEANUP_FREE char *toplevel = v2v_nixos_system(entry->options);
	CLEANUP_FREE char *path =
		toplevel ? v2v_format("%s/kernel-modules/lib/modules", toplevel)
			 : NULL;

	return path ? v2v_tree_resolve(tree, path) : NULL;
}

static void add_of_entry(const struct v2v_tree *tree,
	const struct v2v_boot_entry *entry, struct v2v_list *folders)
{
	CLEANUP_FREE char *deployed = in_deployment(tree, entry);
	CLEANUP_FREE char *generated =
		deployed ? NULL : in_generation(tree, entry);

	if (deployed || generated)
		add_above(tree, deployed ? deployed : generated, folders);
}

void v2v_module_folders_find(const struct v2v_tree *tree,
	const struct v2v_list *entries, struct v2v_list *folders)
{
	add_above(tree, "/lib/modules", folders);
	if (folders->count == 0)
		add_above(tree, "/usr/lib/modules", folders);
	v2v_list_foreach (const struct v2v_boot_entry, entry, entries)
		add_of_entry(tree, entry, folders);
}
