/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which the appliance's kernel found the disks. */
#include "guest/libguestfs/order.h"

#include "model/devices.h"

#include <stdio.h>

#define PREFIX	  "btrfsvol:/dev/"
#define MAX_DISKS 256

/* The number under which the disk that the kernel calls @name was added, which
 * is its SCSI target; -1: of none. */
static int number_of(const char *listing, const char *name, size_t length)
{
	static const char mark[] = "-scsi-0:0:";
	const char *at = listing;

	while ((at = strstr(at, mark))) {
		char kernel[16] = "";
		unsigned target;

		at += strlen(mark);
		if (sscanf(at, "%3u:0 -> ../../%15[a-z]\n", &target, kernel) ==
				2 &&
			target < MAX_DISKS && strlen(kernel) == length &&
			strncmp(kernel, name, length) == 0)
			return (int)target;
	}
	return -1;
}

char *v2v_order_name(const char *name, const char *listing)
{
	CLEANUP_FREE char *letters = NULL;
	const char *device = name + strlen(PREFIX);
	size_t length;
	int number;

	if (!v2v_starts_with(name, PREFIX))
		return v2v_strdup(name);
	length = strspn(device, "abcdefghijklmnopqrstuvwxyz");
	number = number_of(listing, device, length);
	if (number < 0)
		return v2v_strdup(name);
	letters = v2v_devices_letters((size_t)number);
	return v2v_format(PREFIX "sd%s%s", letters, device + length);
}

bool v2v_order_is_added(const char *name, size_t disks)
{
	const char *device = name + strlen(PREFIX "sd");
	size_t length;

	if (!v2v_starts_with(name, PREFIX "sd"))
		return true;
	length = strspn(device, "abcdefghijklmnopqrstuvwxyz");
	for (size_t i = 0; i < disks; i++) {
		CLEANUP_FREE char *letters = v2v_devices_letters(i);

		if (strlen(letters) == length &&
			strncmp(letters, device, length) == 0)
			return true;
	}
	return false;
}
