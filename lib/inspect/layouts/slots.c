/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots of RAUC, as Home Assistant OS has them. */
#include "inspect/layouts/slots.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/volumes.h"
#include "linux/boot/grub2-slots.h"
#include "linux/boot/grub2.h"

/* Of an argument "root=PARTUUID=…". */
static const char *device_of(
	const char *options, const struct v2v_list *volumes)
{
	static const char name[] = "root=PARTUUID=";
	const char *found = strstr(options, name);
	CLEANUP_FREE char *uuid = NULL;

	if (!found)
		return NULL;
	found += strlen(name);
	uuid = v2v_strndup(found, strcspn(found, " \t"));
	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (volume->partuuid && strcasecmp(volume->partuuid, uuid) == 0)
			return volume->device;
	return NULL;
}

const char *v2v_slots_device(
	const char *config, const char *env, const struct v2v_list *volumes)
{
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	struct v2v_list entries CLEANUP_BOOT_ENTRIES = { 0 };
	struct v2v_grub2 grub CLEANUP_GRUB2 = { 0 };
	const struct v2v_boot_entry *entry = NULL;

	v2v_grubenv_read(env, &variables);
	v2v_grub2_read(config, &variables, &grub, &entries);
	if (v2v_grub2_choose_slot(&variables, &entries))
		entry = v2v_boot_entries_default(&entries);
	return entry ? device_of(entry->options, volumes) : NULL;
}

const char *v2v_slots_root(
	struct v2v_guest *guest, const struct v2v_list *volumes)
{
	const char *device = NULL;

	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		CLEANUP_FREE char *config = NULL, *env = NULL;

		if (device || !v2v_streq(volume->type, "vfat") ||
			!v2v_guest_mount_root(guest, volume->device, NULL))
			continue;
		config = v2v_guest_text(guest, "/EFI/BOOT/grub.cfg");
		env = v2v_guest_text(guest, "/EFI/BOOT/grubenv");
		if (config && env)
			device = v2v_slots_device(config, env, volumes);
	}
	v2v_guest_umount(guest);
	return device;
}
