/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what stands against KVM, what would be changed, what to know. */
#include "inspect/findings.h"

#include "guest/files.h"
#include "inspect/bootloader.h"
#include "inspect/find-private.h"

#define BLOCKER "blocker"
#define CHANGE	"change"
#define NOTE	"note"

static void find_windows(struct v2v_inspect *inspect)
{
	if (inspect->windows && inspect->windows->hibernated)
		v2v_inspect_find(inspect, BLOCKER, "hibernated",
			"/hiberfil.sys",
			"Windows is hibernated or was shut down with Fast "
			"Startup; shut it down fully first");
	v2v_inspect_find(inspect, BLOCKER, "windows-not-supported", NULL,
		"converting Windows is not supported yet; inspecting and "
		"copying it is");
}

static void find_agent(struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (v2v_streq(app->name, "qemu-guest-agent"))
			return;
	v2v_inspect_find(inspect, NOTE, "no-guest-agent", NULL,
		"the QEMU guest agent is not installed");
}

/* What is not read is not edited either. */
static void find_large(
	const struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	v2v_list_foreach (char *, path, v2v_guest_large(guest))
		if (strcmp(*path, "/etc/fstab") == 0)
			v2v_inspect_find(inspect, BLOCKER,
				"guest-file-too-large", *path,
				"it has more than %d bytes, and is not read: "
				"cannot tell whether it names devices",
				V2V_GUEST_MAX_TEXT);
		else
			v2v_inspect_find(inspect, NOTE, "guest-file-too-large",
				*path,
				"it has more than %d bytes, and is not read",
				V2V_GUEST_MAX_TEXT);
}

static void find_linux(struct v2v_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };

	v2v_bootloader_look(&tree, inspect, &boot);
	v2v_find_kernels(inspect);
	v2v_find_bootloader(&tree, &boot, source, inspect);
	v2v_find_devices(&tree, &boot, source, inspect);
	v2v_find_network(guest, source, inspect);
	v2v_find_links(guest, inspect);
	v2v_find_places(&tree, inspect);
	v2v_find_tools(guest, inspect);
	find_agent(inspect);
	find_large(guest, inspect);
}

/* Nobody but the disks says so: the person may know better. */
static void find_firmware(
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	if (source->firmware || !inspect->firmware)
		return;
	v2v_inspect_find(inspect, NOTE, "firmware-from-disk", NULL,
		"the source does not say its firmware; the partitions of its "
		"disks make it %s",
		strcmp(inspect->firmware, "uefi") == 0
			? "UEFI (an EFI system partition, no BIOS boot one)"
			: "BIOS");
}

void v2v_findings_gather(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_storage *storage,
	struct v2v_inspect *inspect)
{
	find_firmware(source, inspect);
	v2v_storage_findings(storage, inspect);
	if (!inspect->root)
		return;
	if (v2v_streq(inspect->type, "windows"))
		find_windows(inspect);
	else if (v2v_streq(inspect->type, "linux"))
		find_linux(guest, source, inspect);
	else
		v2v_inspect_find(inspect, BLOCKER, "type-not-supported", NULL,
			"operating systems of type '%s' are not supported; "
			"without v2v-convert it is copied as it is",
			inspect->type);
}
