/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What filesystems a kernel will know, from its modules' lists. */
#include "guest/kernel/private.h"

#include "kernel/kept.h"

#include <stdio.h>

/* As blkid(8) and as the kernel call it. */
static const char *driver_of(const char *type)
{
	static const char *const others[][2] = { { "ext2", "ext4" },
		{ "ext3", "ext4" }, { "ext4dev", "ext4" },
		{ "iso9660", "isofs" }, { "msdos", "fat" } };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(others[i][0], type) == 0)
			return others[i][1];
	return type;
}

/* "kernel/fs/xfs/xfs.ko.xz: …", or without what is behind ".ko". */
static bool has_driver(const char *modules, const char *type)
{
	static const char *const lists[] = { "modules.dep", "modules.builtin" };
	CLEANUP_FREE char *word = v2v_format("/%s.ko", driver_of(type));

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", modules, lists[i]);
		CLEANUP_FREE char *list = v2v_kept_text(path);

		if (list && strstr(list, word))
			return true;
	}
	return false;
}

int v2v_kernel_knows(struct v2v *v, const struct v2v_vehicle_ops *vehicle,
	const char *type, unsigned *ret_linux)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	unsigned major, minor;

	/* A program may read it, on one host and not on another. */
	if (strcmp(type, "ntfs") == 0)
		return -1;
	if (vehicle->find_kernel(v, &kernel, NULL) < 0 ||
		sscanf(kernel.release, "%u.%u", &major, &minor) != 2)
		return -1;
	*ret_linux = major * 1000 + minor;
	return has_driver(kernel.modules, type);
}
