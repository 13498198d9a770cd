/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: something is where a new file of the conversion has to be. */
#include "guest/tree.h"
#include "inspect/findings/find-private.h"
#include "linux/kernels/initramfs.h"

/* Each once: several files may need the same folder. */
static void block(struct v2v_inspect *inspect, const char *where,
	const char *path, bool as_folder)
{
	v2v_list_foreach (const struct v2v_finding, finding, &inspect->findings)
		if (v2v_streq(finding->code, "guest-write") &&
			v2v_streq(finding->where, where))
			return;
	v2v_finding_add(inspect, V2V_BLOCKER, "guest-write", where,
		"not a %s, as it must be for %s; move it away where the "
		"guest runs now",
		as_folder ? "folder" : "file", path);
}

void v2v_find_place(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *folder = v2v_strdup(path);
	enum v2v_kind kind = v2v_tree_kind(tree, path);

	if (kind == V2V_KIND_DIRECTORY || kind == V2V_KIND_OTHER)
		block(inspect, path, path, false);
	for (char *slash = strrchr(folder, '/'); slash && slash > folder;
		slash = strrchr(folder, '/')) {
		*slash = '\0';
		kind = v2v_tree_kind(tree, folder);
		if (kind == V2V_KIND_DIRECTORY)
			return;
		if (kind != V2V_KIND_NONE) {
			block(inspect, folder, path, true);
			return;
		}
	}
}

void v2v_find_places(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	if (v2v_tree_kind(tree, V2V_DRACUT_DIR) == V2V_KIND_DIRECTORY)
		v2v_find_place(tree, V2V_DRACUT_FILE, inspect);
}
