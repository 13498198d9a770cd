/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libguestfs' spelling: "/dev/sdX", "btrfsvol:". */
#include "model/appliance-names.h"

#include "model/letters.h"

#define BTRFS "btrfsvol:"

char *v2v_appliance_disk(size_t index, unsigned partition)
{
	CLEANUP_FREE char *letters = v2v_devices_letters(index);

	return partition ? v2v_format("/dev/sd%s%u", letters, partition)
			 : v2v_format("/dev/sd%s", letters);
}

char *v2v_appliance_subvolume(const char *device, const char *subvolume)
{
	return v2v_format(BTRFS "%s/%s", device, subvolume);
}

const char *v2v_appliance_is_subvolume(const char *name)
{
	return v2v_starts_with(name, BTRFS) ? name + strlen(BTRFS) : NULL;
}
