/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a Windows, which is copied as it is; what its registry says. */
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

/* Where a Windows booted without the hardware of a driver, it has switched the
 * driver off. */
static void find_controllers(struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;
	struct v2v_names off CLEANUP_NAMES = { 0 };
	bool is_there = false;

	v2v_list_foreach (
		const struct v2v_windows_driver, driver, &w->drivers) {
		if (!v2v_windows_is_controller(driver->service))
			continue;
		is_there = true;
		if (v2v_windows_is_off(driver))
			v2v_names_add(&off, driver->service);
	}
	if (off.count)
		v2v_finding_add(inspect, V2V_NOTE, "controller-off",
			w->system_hive,
			"drivers of disk controllers that are not loaded at "
			"boot: %s",
			v2v_names_text(&off));
	if (!is_there && w->drivers.count)
		v2v_finding_add(inspect, V2V_BLOCKER, "no-boot-driver",
			w->system_hive,
			"it has no driver of a disk controller that KVM "
			"offers");
}

/* They are of no use without their hypervisor. */
static void find_tools(struct v2v_inspect *inspect)
{
	static const char *const products[] = { "vmware", "virtualbox", "xen",
		"parallels", "hyper-v" };
	const struct v2v_windows *w = inspect->windows;

	for (size_t i = 0; i < ARRAY_SIZE(products); i++) {
		struct v2v_names names CLEANUP_NAMES = { 0 };

		v2v_list_foreach (
			const struct v2v_windows_tool, tool, &w->tools)
			if (tool->start < 4 &&
				v2v_streq(tool->product, products[i]))
				v2v_names_add(&names, tool->service);
		if (names.count)
			v2v_finding_add(inspect, V2V_NOTE, "tools-disabled",
				w->system_hive,
				"services and drivers of the old hypervisor "
				"(%s), of no use on KVM: %s",
				products[i], v2v_names_text(&names));
	}
}

/* 1: all come online. */
static void find_san_policy(
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;

	if (w->san_policy > 1 && source->disks.count > 1)
		v2v_finding_add(inspect, V2V_NOTE, "san-policy", w->system_hive,
			"its SAN policy is %d: disks on another bus may be "
			"offline, until they are set online",
			(int)w->san_policy);
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

/* Entries of the firmware are lost with the old hypervisor. */
static void find_boot(struct v2v_inspect *inspect)
{
	const struct v2v_windows_boot *boot = inspect->windows->boot;

	if (boot && !boot->fallback && v2v_streq(inspect->firmware, "uefi"))
		v2v_finding_add(inspect, V2V_NOTE, "esp-fallback", boot->device,
			"there is no loader where firmware looks by itself "
			"(\\EFI\\Boot)");
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

void v2v_find_windows(const struct v2v_tree *tree,
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	if (inspect->windows && inspect->windows->hibernated)
		v2v_finding_add(inspect, V2V_BLOCKER, "hibernated",
			"/hiberfil.sys",
			"Windows is hibernated or was shut down with Fast "
			"Startup; shut it down fully first");
	v2v_finding_add(inspect, V2V_BLOCKER, "windows-not-supported", NULL,
		"converting Windows is not supported yet; inspecting and "
		"copying it is");
	v2v_find_hives(tree, inspect);
	if (!inspect->windows)
		return;
	v2v_windows_each_unread(tree, inspect, add_unread, inspect);
	find_controllers(inspect);
	find_tools(inspect);
	find_addresses(inspect);
	find_san_policy(source, inspect);
	find_policies(inspect);
	find_compressed(tree, inspect);
	find_disks(inspect);
	find_boot(inspect);
}
