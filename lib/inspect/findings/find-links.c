/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: links in the place of configuration that lead to no file. */
#include "inspect/findings/find-private.h"
#include "linux/links.h"

#include "guest/tree.h"

void v2v_find_links(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	for (const char *const *path = v2v_links_watched; *path; path++) {
		const char *how = v2v_tree_link_fault(tree, *path);

		if (how)
			v2v_finding_add(inspect, V2V_NOTE, "link-to-no-file",
				*path,
				"it is a link that leads %s; nothing is "
				"changed there",
				how);
	}
}
