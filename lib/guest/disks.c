/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which disk of the guest is which. */
#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/private.h"

#include <ctype.h>

char *v2v_guest_disk_of(const char *device, int *ret_partition)
{
	size_t digits = strlen(device);
	uint64_t partition = 0;

	if (!v2v_starts_with(device, "/dev/sd"))
		return NULL;
	while (digits && isdigit((unsigned char)device[digits - 1]))
		digits--;
	if (device[digits] && !v2v_parse_u64(device + digits, &partition))
		return NULL;
	if (memchr(device + strlen("/dev/"), '/', digits - strlen("/dev/")) ||
		partition > 128)
		return NULL;
	*ret_partition = (int)partition;
	return v2v_strndup(device, digits);
}

int v2v_guest_boot_disk(struct v2v_guest *guest, const char *device)
{
	struct v2v_list disks CLEANUP_STRINGS = { 0 };
	CLEANUP_FREE char *of = NULL;
	int partition;

	v2v_call(guest, devices, list_disks, &disks);
	v2v_list_foreach (char *, disk, &disks) {
		char sector[512];

		if (v2v_guest_read_device(
			    guest, *disk, sector, sizeof sector, 0) &&
			memmem(sector, sizeof sector, "GRUB", 4))
			return (int)(disk - v2v_items(char *, &disks));
	}
	of = device ? v2v_guest_disk_of(device, &partition) : NULL;
	v2v_list_foreach (char *, disk, &disks)
		if (v2v_streq(*disk, of))
			return (int)(disk - v2v_items(char *, &disks));
	return -1;
}

int64_t v2v_guest_disk_id(const struct v2v_guest *guest, int index)
{
	if (index < 0 || (size_t)index >= guest->drives.count)
		return -1;
	return v2v_items(struct v2v_appliance_drive, &guest->drives)[index]
		.of.id;
}
