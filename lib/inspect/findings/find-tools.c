/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what the old hypervisor left in the guest. */
#include "inspect/findings/find-private.h"
#include "linux/guest-tools/foreign.h"

void v2v_find_tools(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	struct v2v_list found CLEANUP_FOREIGN = { 0 };

	v2v_foreign_find(tree, inspect, &found);
	v2v_list_foreach (const struct v2v_foreign, f, &found)
		if (f->act == V2V_FOREIGN_NOTE)
			v2v_finding_add(inspect, V2V_NOTE, f->code, f->path,
				"%s", f->what);
}
