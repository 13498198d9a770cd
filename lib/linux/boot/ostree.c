/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deployments of OSTree. */
#include "linux/boot/ostree.h"

#include "linux/boot/systemd-boot.h"

#define DEPLOY "/ostree/deploy"

void v2v_ostree_clear(struct v2v_ostree *ostree)
{
	free(ostree->deployment);
	free(ostree->state);
	*ostree = (struct v2v_ostree){ 0 };
}

bool v2v_ostree_is_on(const struct v2v_tree *tree)
{
	return v2v_tree_kind(tree, DEPLOY) == V2V_KIND_DIRECTORY;
}

char *v2v_ostree_argument(const char *options)
{
	static const char key[] = "ostree=", blanks[] = " \t\n\"'";

	for (const char *s = options; s && *(s += strspn(s, blanks));) {
		size_t n = strcspn(s, blanks);

		if (n > strlen(key) && v2v_starts_with(s, key))
			return v2v_strndup(s + strlen(key), n - strlen(key));
		s += n;
	}
	return NULL;
}

/* Entries are called ostree-1, ostree-2 …, and the highest starts: so GRUB
 * sorts them, too. */
void v2v_ostree_names(
	const struct v2v_tree *tree, const char *boot, struct v2v_list *names)
{
	const struct v2v_list none = { 0 };
	struct v2v_list bls CLEANUP_BLS = { 0 };

	v2v_systemd_boot_list(tree, boot, &none, &bls);
	v2v_bls_sort_grub(&bls);
	v2v_list_foreach (const struct v2v_bls, entry, &bls) {
		CLEANUP_FREE char *name = v2v_ostree_argument(entry->options);

		if (name)
			v2v_list_add_string(names, name);
	}
}

/* "/ostree/deploy/STATE/deploy/CHECKSUM.N" and nothing behind it */
static bool take(const char *path, struct v2v_ostree *ret)
{
	const char *state = path + strlen(DEPLOY "/"), *end, *last;

	if (!v2v_starts_with(path, DEPLOY "/"))
		return false;
	end = strchr(state, '/');
	if (!end || !v2v_starts_with(end, "/deploy/"))
		return false;
	last = end + strlen("/deploy/");
	if (!*last || strchr(last, '/'))
		return false;
	ret->state = v2v_strndup(path, (size_t)(end - path));
	ret->deployment = v2v_strdup(path);
	return true;
}

bool v2v_ostree_find(
	const struct v2v_tree *tree, const char *name, struct v2v_ostree *ret)
{
	CLEANUP_FREE char *path =
		*name == '/' ? v2v_tree_resolve(tree, name) : NULL;

	return path && v2v_tree_kind(tree, path) == V2V_KIND_DIRECTORY &&
	       take(path, ret);
}

/* Beside each deployment lies its CHECKSUM.N.origin. */
static void list_deployments(
	const struct v2v_tree *tree, const char *state, struct v2v_list *paths)
{
	CLEANUP_FREE char *folder = v2v_format(DEPLOY "/%s/deploy", state);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, folder, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", folder, *name);

		if (v2v_tree_kind(tree, path) == V2V_KIND_DIRECTORY)
			v2v_list_add_string(paths, path);
	}
}

bool v2v_ostree_only(const struct v2v_tree *tree, struct v2v_ostree *ret)
{
	struct v2v_list states CLEANUP_STRINGS = { 0 };
	struct v2v_list paths CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, DEPLOY, &states);
	v2v_list_foreach (char *, state, &states)
		list_deployments(tree, *state, &paths);
	return paths.count == 1 &&
	       v2v_ostree_find(tree, *v2v_items(char *, &paths), ret);
}
