/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where EFI system partitions are mounted. */
#include "linux/boot/esp.h"

void v2v_bootloader_esps(
	const struct v2v_inspect *inspect, struct v2v_list *paths)
{
	static const char *const places[] = { "/boot/efi", "/efi", "/boot",
		"/mnt/boot" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct v2v_mountpoint *mount =
			v2v_inspect_mountpoint(inspect, places[i]);
		const struct v2v_filesystem *fs =
			mount ? v2v_inspect_filesystem(inspect, mount->device)
			      : NULL;

		if (fs && v2v_streq(fs->type, "vfat"))
			v2v_list_add_string(paths, places[i]);
	}
}
