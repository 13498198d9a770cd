/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: how the guest starts. */
#include "inspect/findings/find-private.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/uefi.h"

/* LILO's map holds the addresses of blocks and the number of the root's device;
 * only its own program can write them. */
static void find_none(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	if (v2v_tree_is_file(tree, "/etc/lilo.conf"))
		v2v_finding_add(inspect, V2V_BLOCKER, "bootloader-lilo",
			"/etc/lilo.conf",
			"LILO starts it, which only runs with the disk it was "
			"installed for; install GRUB or extlinux first, or "
			"copy "
			"the machine without converting it");
	else
		v2v_finding_add(inspect, V2V_NOTE, "no-bootloader", "/boot",
			"no bootloader was found; none is edited");
}

/* Entries without a kernel are usual once it was removed; not the default. */
static void find_kernel_file(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_inspect *inspect)
{
	const struct v2v_boot_entry *chosen =
		v2v_boot_entries_default(&boot->entries);

	if (!chosen) {
		v2v_finding_add(inspect, V2V_NOTE, "bootloader-empty",
			boot->config, "it offers no Linux to start");
		return;
	}
	if (chosen->is_uki)
		v2v_finding_add(inspect, V2V_NOTE, "kernel-uki", chosen->kernel,
			"kernel, initrd and arguments are one signed file, "
			"which stays as it is");
	else if (!v2v_tree_is_file(tree, chosen->kernel))
		v2v_finding_add(inspect, V2V_NOTE, "kernel-missing",
			chosen->file, "what starts by itself, %s, is not there",
			chosen->kernel);
}

static void find_uefi(const struct v2v_tree *tree,
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	struct v2v_uefi plan CLEANUP_UEFI = { 0 };
	const char *firmware =
		source->firmware ? source->firmware : inspect->firmware;

	if (!v2v_streq(firmware, "uefi"))
		return;
	v2v_uefi_plan(tree, inspect, &plan);
	if (!plan.directory)
		v2v_finding_add(inspect, V2V_NOTE, "uefi-no-partition", NULL,
			"no EFI system partition is mounted; whether there is "
			"a fallback loader on it is unknown");
	else if (plan.loader)
		v2v_list_foreach (const struct v2v_uefi_file, file, &plan.files)
			v2v_find_place(tree, file->to, inspect);
	else if (!plan.is_there)
		v2v_finding_add(inspect, V2V_NOTE, "uefi-no-fallback",
			plan.directory,
			"the firmware's variables stay behind, and no loader "
			"was found that could be copied there");
}

void v2v_find_bootloader(const struct v2v_tree *tree,
	const struct v2v_boot *boot, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	find_uefi(tree, source, inspect);
	if (!boot->type)
		find_none(tree, inspect);
	else
		find_kernel_file(tree, boot, inspect);
}
