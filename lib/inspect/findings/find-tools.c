/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what the old hypervisor left in the guest. */
#include "inspect/find-private.h"
#include "inspect/foreign.h"

void v2v_find_tools(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	struct v2v_list found CLEANUP_FOREIGN = { 0 };

	v2v_foreign_find(guest, inspect, &found);
	v2v_list_foreach (const struct v2v_foreign, f, &found)
		v2v_inspect_find(inspect,
			f->act == V2V_FOREIGN_NOTE ? V2V_NOTE : V2V_CHANGE,
			f->code, f->path, "%s", f->what);
}
