/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a Windows, what its registry says, and what its plan changes. */
#include "core/names.h"
#include "inspect/findings/find-private.h"
#include "plan/plan.h"
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

/* What is shut down in the middle of its work is left so. */
static void find_disks(struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;

	v2v_list_foreach (char *, device, &w->dirty)
		v2v_finding_add(inspect, V2V_NOTE, "filesystem-dirty", *device,
			"this NTFS is to be checked: Windows does so when it "
			"starts, and it is better done before");
}

/* What may keep a program of ours from running in it, or undo its work. */
static void find_policies(struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;
	struct v2v_names names CLEANUP_NAMES = { 0 };

	v2v_list_foreach (char *, name, &w->antivirus)
		v2v_names_add(&names, *name);
	if (w->group_policy)
		v2v_finding_add(inspect, V2V_NOTE, "group-policy",
			w->software_hive,
			"Group Policy is applied, which may forbid new drivers "
			"and programs");
	if (w->antivirus.count)
		v2v_finding_add(inspect, V2V_NOTE, "antivirus",
			w->software_hive,
			"it may forbid new drivers and programs: %s",
			v2v_names_text(&names));
}

static void find_compressed(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	if (v2v_windows_is_compressed(tree, inspect->windows))
		v2v_finding_add(inspect, V2V_NOTE, "windows-compressed",
			inspect->windows->systemroot,
			"its programs cannot be read; CompactOS may have "
			"compressed them");
}

/* What the plan says beside its changes. */
static void find_notes(const struct v2v_plan *plan, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_plan_note, note, &plan->notes)
		v2v_finding_add(
			inspect, V2V_NOTE, note->code, NULL, "%s", note->text);
}

/* It would be started as it was, with what it believes to know of its disks. */
static void find_sleep(struct v2v_inspect *inspect)
{
	if (inspect->windows && inspect->windows->hibernated)
		v2v_finding_add(inspect, V2V_BLOCKER, "hibernated",
			"/hiberfil.sys",
			"Windows is hibernated or was shut down with Fast "
			"Startup; shut it down fully first");
}

void v2v_find_windows(const struct v2v_plan *plan, struct v2v_inspect *inspect)
{
	const struct v2v_tree *tree = plan->base;

	find_sleep(inspect);
	v2v_find_hives(tree, inspect);
	if (inspect->windows) {
		v2v_windows_each_unread(tree, inspect, add_unread, inspect);
		find_addresses(inspect);
		find_policies(inspect);
		find_compressed(tree, inspect);
		find_disks(inspect);
	}
	v2v_find_changes(plan, inspect);
	v2v_find_obstacles(plan, inspect);
	find_notes(plan, inspect);
}
