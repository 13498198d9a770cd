/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what stands against KVM, what would be changed, what to know. */
#include "inspect/findings.h"

#include "guest/files.h"
#include "inspect/find-private.h"
#include "inspect/lines.h"
#include "model/devices.h"
#include "model/space.h"

#include <ctype.h>

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

/* The lines of @path that name a device in their field number @field. */
static void find_fields(struct v2v_guest *guest,
	const struct v2v_devices *devices, const char *path, unsigned field,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = v2v_guest_text(guest, path);
	const char *rest = text ? text : "";

	for (unsigned number = 1; *rest; number++) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		CLEANUP_FREE char *where = v2v_format("%s:%u", path, number);
		CLEANUP_FREE char *new_name = NULL;
		char *word = v2v_line_trim(line), *next = v2v_line_split(word);

		if (*word == '#')
			continue;
		for (unsigned i = 0; i < field; i++) {
			word = next;
			next = v2v_line_split(word);
		}
		new_name = v2v_devices_replace(devices, word);
		if (new_name)
			v2v_inspect_find(inspect, CHANGE, "device-name", where,
				"%s becomes %s", word, new_name);
		else if (v2v_devices_is_unknown(devices, word))
			v2v_inspect_find(inspect, NOTE, "device-unknown", where,
				"no disk is known for '%s'", word);
	}
}

/* root=/dev/sda1 on a kernel's command line: once for each file. */
static void find_root_argument(struct v2v_guest *guest,
	const struct v2v_devices *devices, const char *path,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = path ? v2v_guest_text(guest, path) : NULL;
	const char *rest = text ? text : "";

	for (unsigned number = 1; *rest; number++) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		CLEANUP_FREE char *where = v2v_format("%s:%u", path, number);
		CLEANUP_FREE char *device = NULL, *new_name = NULL;
		const char *s = strstr(line, "root=/dev/");

		if (!s || line[strspn(line, " \t")] == '#')
			continue;
		s += strlen("root=");
		device = v2v_strndup(s, strcspn(s, " \t\"'"));
		new_name = v2v_devices_replace(devices, device);
		if (!new_name)
			continue;
		v2v_inspect_find(inspect, CHANGE, "root-by-device-name", where,
			"root=%s becomes root=%s", device, new_name);
		return;
	}
}

static void find_space(struct v2v_inspect *inspect)
{
	struct v2v_error err = { 0 };

	if (v2v_space_check(inspect, &err) < 0)
		v2v_inspect_find(
			inspect, BLOCKER, err.code, NULL, "%s", err.text);
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

static void find_linux(struct v2v_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	const char *bus = v2v_inspect_block_bus(inspect);
	const struct v2v_devices devices = { source, inspect,
		v2v_devices_prefix(bus ? bus : "virtio-blk") };
	const struct v2v_bootloader *loader = inspect->bootloader;

	v2v_find_kernels(inspect);
	find_space(inspect);
	find_fields(guest, &devices, "/etc/fstab", 0, inspect);
	find_fields(guest, &devices, "/etc/crypttab", 1, inspect);
	find_root_argument(
		guest, &devices, loader ? loader->config : NULL, inspect);
	find_root_argument(guest, &devices, "/etc/default/grub", inspect);
	v2v_find_network(guest, source, inspect);
	if (!loader)
		v2v_inspect_find(inspect, NOTE, "no-bootloader", "/boot",
			"no bootloader was found; none is edited");
	find_agent(inspect);
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
