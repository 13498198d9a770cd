/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a system that are never changed. */
#include "linux/sealed.h"

static bool is_below(const char *path, const char *const *folders)
{
	for (; *folders; folders++)
		if (v2v_starts_with(path, *folders))
			return true;
	return false;
}

bool v2v_is_in_store(const char *real)
{
	static const char *const stores[] = { "/nix/store/", "/gnu/store/",
		NULL };

	return is_below(real, stores);
}

/* The path, or the nearest directory above it that is there; the caller's. */
static char *real_path(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *now = v2v_strdup(path);

	for (;;) {
		char *real = v2v_tree_resolve(tree, now);
		char *slash = strrchr(now, '/');

		if (real || !slash)
			return real;
		*slash = '\0';
	}
}

bool v2v_is_sealed(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, const char *path)
{
	static const char *const deployed[] = { "/usr/", "/sysroot/", NULL };
	const struct v2v_mountpoint *root =
		v2v_inspect_mountpoint(inspect, "/");
	CLEANUP_FREE char *real = real_path(tree, path);
	CLEANUP_FREE char *folder = v2v_format("%s/", real ? real : "");

	return v2v_is_in_store(folder) ||
	       (root && root->directory && is_below(folder, deployed));
}
