/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deployments of OSTree, on mounted filesystems. */
#include "inspect/layouts/deployments.h"

#include "guest/mounts.h"
#include "guest/tree.h"
#include "linux/boot/ostree.h"

/* An entry's deployment, and the filesystem that the entry is on. */
struct candidate {
	char *name;
	const char *device; /* borrowed; NULL: that of the root */
};

static void candidates_clear(struct v2v_list *candidates)
{
	v2v_list_foreach (struct candidate, candidate, candidates)
		free(candidate->name);
	free(candidates->items);
}

static void add_candidates(const struct v2v_tree *tree, const char *boot,
	const char *device, struct v2v_list *candidates)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_ostree_names(tree, boot, &names);
	v2v_list_foreach (char *, name, &names) {
		struct candidate *candidate =
			v2v_list_add(candidates, sizeof *candidate);

		candidate->name = v2v_strdup(*name);
		candidate->device = device;
	}
}

static bool can_be_boot(
	const struct v2v_volume *volume, const struct v2v_inspect *inspect)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "xfs",
		"btrfs", "vfat" };

	if (v2v_volume_is_member(volume) || volume->unreadable ||
		strcmp(volume->device, inspect->root) == 0)
		return false;
	return v2v_is_one_of(volume->type, types);
}

/* No fstab names the /boot of Fedora CoreOS, and where there is one it lies in
 * the deployment that is looked for. */
static void look_elsewhere(struct v2v_guest *guest,
	const struct v2v_list *volumes, const struct v2v_inspect *inspect,
	struct v2v_list *candidates)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);

	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (can_be_boot(volume, inspect) &&
			v2v_guest_mount_root(guest, volume->device, NULL))
			add_candidates(&tree, "", volume->device, candidates);
	v2v_guest_mount_root(guest, inspect->root, NULL);
}

static void add_mountpoint(struct v2v_inspect *inspect, const char *path,
	const char *device, char *directory)
{
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);

	mount->path = v2v_strdup(path);
	mount->device = v2v_strdup(device);
	mount->directory = directory;
}

/* As ostree-prepare-root(1) mounts them. */
static void add_mountpoints(const struct v2v_tree *tree,
	const struct v2v_ostree *found, const char *boot,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *var = v2v_format("%s/var", found->state);
	const char *device = inspect->root;

	v2v_items(struct v2v_mountpoint, &inspect->mountpoints)->directory =
		v2v_strdup(found->deployment);
	add_mountpoint(inspect, "/sysroot", device, NULL);
	if (v2v_tree_kind(tree, var) == V2V_KIND_DIRECTORY)
		add_mountpoint(inspect, "/var", device, v2v_take(var));
	if (boot)
		add_mountpoint(inspect, "/boot", boot, NULL);
	else if (v2v_tree_kind(tree, "/boot/loader/entries") ==
		 V2V_KIND_DIRECTORY)
		add_mountpoint(inspect, "/boot", device, v2v_strdup("/boot"));
}

bool v2v_deployment_find(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_inspect *inspect)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_ostree found CLEANUP_OSTREE = { 0 };
	__attribute__((
		cleanup(candidates_clear))) struct v2v_list candidates = { 0 };
	const char *boot = NULL;

	if (!v2v_ostree_is_on(&tree))
		return false;
	add_candidates(&tree, "/boot", NULL, &candidates);
	if (candidates.count == 0)
		look_elsewhere(guest, volumes, inspect, &candidates);
	v2v_list_foreach (const struct candidate, candidate, &candidates)
		if (!found.deployment &&
			v2v_ostree_find(&tree, candidate->name, &found))
			boot = candidate->device;
	if (!found.deployment && !v2v_ostree_only(&tree, &found))
		return false;
	add_mountpoints(&tree, &found, boot, inspect);
	return true;
}
