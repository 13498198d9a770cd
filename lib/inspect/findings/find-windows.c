/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a Windows, which is copied as it is. */
#include "core/names.h"
#include "inspect/findings/find-private.h"
#include "windows/windows.h"

static void add_unread(void *inspect, const char *path, const char *reason)
{
	v2v_finding_add(inspect, V2V_NOTE, "registry-unread", path,
		"what it says of this Windows is not known: %s", reason);
}

/* Cards that went are there, too: where the machine's are known, the others
 * do not matter. */
static bool is_any_known(const struct v2v_list *nics)
{
	v2v_list_foreach (const struct v2v_windows_nic, nic, nics)
		if (nic->nic >= 0)
			return true;
	return false;
}

/* Windows gives the new card a configuration of its own. */
static void find_addresses(struct v2v_inspect *inspect)
{
	const struct v2v_list *nics = &inspect->windows->nics;
	const bool is_known = is_any_known(nics);

	v2v_list_foreach (const struct v2v_windows_nic, nic, nics) {
		struct v2v_names names CLEANUP_NAMES = { 0 };

		v2v_list_foreach (char *, address, &nic->addresses)
			v2v_names_add(&names, *address);
		if (nic->addresses.count && (nic->nic >= 0 || !is_known))
			v2v_finding_add(inspect, V2V_NOTE, "network-static",
				inspect->windows->system_hive,
				"'%s' (%s) has the static address %s, which "
				"its new card will not have",
				nic->name ? nic->name : nic->guid,
				nic->mac ? nic->mac : "MAC not known",
				v2v_names_text(&names));
	}
}

void v2v_find_windows(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	if (inspect->windows && inspect->windows->hibernated)
		v2v_finding_add(inspect, V2V_BLOCKER, "hibernated",
			"/hiberfil.sys",
			"Windows is hibernated or was shut down with Fast "
			"Startup; shut it down fully first");
	v2v_finding_add(inspect, V2V_BLOCKER, "windows-not-supported", NULL,
		"converting Windows is not supported yet; inspecting and "
		"copying it is");
	if (!inspect->windows)
		return;
	v2v_windows_each_unread(tree, inspect, add_unread, inspect);
	find_addresses(inspect);
}
