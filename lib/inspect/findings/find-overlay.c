/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: /etc as an overlay (MicroOS and Leap Micro until 2025).  Its files
 * in the snapshot are covered by those of the overlay, so that an edit there
 * would not be seen by the next boot. */
#include "inspect/findings/find-private.h"
#include "linux/storage/fstab.h"

void v2v_find_overlay(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/etc/fstab");
	struct v2v_list entries CLEANUP_FSTAB = { 0 };

	v2v_fstab_read(text ? text : "", &entries);
	v2v_list_foreach (const struct v2v_fstab_entry, entry, &entries)
		if (strcmp(entry->path, "/etc") == 0 &&
			strcmp(entry->type, "overlay") == 0) {
			v2v_finding_add(inspect, V2V_BLOCKER, "etc-overlay",
				"/etc/fstab",
				"its /etc is an overlay, whose files would "
				"cover what is changed; update the guest to a "
				"release that has /etc in its snapshots, or "
				"copy it without v2v-convert");
			return;
		}
}
