/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what prevents running on KVM, what would be changed, what to know.
 */
#include "inspect/findings/findings.h"

#include "guest/tree.h"
#include "inspect/findings/find-private.h"
#include "linux/linux-guest.h"
#include "plan/plan.h"

static void find_windows(const struct v2v_plan *plan,
	const struct v2v_linux_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	(void)guest, (void)source;
	v2v_find_windows(plan, inspect);
}

static void find_agent(struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (v2v_streq(app->name, "qemu-guest-agent"))
			return;
	v2v_finding_add(inspect, V2V_NOTE, "no-guest-agent", NULL,
		"the QEMU guest agent is not installed");
}

/* What is not read is not edited either. */
static void find_large(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	v2v_list_foreach (char *, path, v2v_tree_large(tree))
		if (strcmp(*path, "/etc/fstab") == 0)
			v2v_finding_add(inspect, V2V_BLOCKER,
				"guest-file-too-large", *path,
				"it has more than %d bytes, and is not read: "
				"cannot tell whether it names devices",
				V2V_TREE_MAX_TEXT);
		else
			v2v_finding_add(inspect, V2V_NOTE,
				"guest-file-too-large", *path,
				"it has more than %d bytes, and is not read",
				V2V_TREE_MAX_TEXT);
}

/* The guest as it is; but names of devices that stay are those that the plan
 * leaves. */
static void find_linux(const struct v2v_plan *plan,
	const struct v2v_linux_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	const struct v2v_tree *tree = plan->base;
	const struct v2v_boot *boot = &guest->boot;

	v2v_find_kernels(inspect);
	v2v_find_nixos(tree, inspect);
	v2v_find_overlay(tree, inspect);
	v2v_find_changes(plan, inspect);
	v2v_find_bootloader(tree, boot, source, inspect);
	v2v_find_devices(plan, boot, source, inspect);
	v2v_find_network(tree, guest->namer, source, inspect);
	v2v_find_links(tree, inspect);
	v2v_find_places(tree, inspect);
	v2v_find_tools(tree, inspect);
	v2v_find_obstacles(plan, inspect);
	find_agent(inspect);
	find_large(tree, inspect);
	v2v_find_image(inspect);
}

static const struct {
	const char *type; /* inspect.type */
	void (*find)(const struct v2v_plan *plan,
		const struct v2v_linux_guest *guest,
		const struct v2v_source *source, struct v2v_inspect *inspect);
} finders[] = {
	{ "windows", find_windows },
	{ "linux", find_linux },
};

static void find_by_type(const struct v2v_plan *plan,
	const struct v2v_linux_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < ARRAY_SIZE(finders); i++)
		if (v2v_streq(inspect->type, finders[i].type)) {
			finders[i].find(plan, guest, source, inspect);
			return;
		}
	/* A BSD has it already. */
	if (v2v_inspect_is_bsd(inspect))
		return;
	v2v_finding_add(inspect, V2V_BLOCKER, "type-not-supported", NULL,
		"operating systems of type '%s' are not supported; "
		"without v2v-convert it is copied as it is",
		inspect->type);
}

/* Nobody but the disks says so: the person may know better. */
static void find_firmware(
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	if (source->firmware || !inspect->firmware)
		return;
	v2v_finding_add(inspect, V2V_NOTE, "firmware-from-disk", NULL,
		"the source does not say its firmware; the partitions of its "
		"disks make it %s",
		strcmp(inspect->firmware, "uefi") == 0
			? "UEFI (an EFI system partition, no BIOS boot one)"
			: "BIOS");
}

void v2v_findings_gather(const struct v2v_plan *plan,
	const struct v2v_linux_guest *guest, const struct v2v_source *source,
	const struct v2v_storage *storage, struct v2v_inspect *inspect)
{
	find_firmware(source, inspect);
	if (v2v_inspect_is_bsd(inspect))
		v2v_find_bsd(
			inspect->root ? plan->base : NULL, source, inspect);
	v2v_storage_findings(storage, inspect);
	if (inspect->root)
		find_by_type(plan, guest, source, inspect);
}
