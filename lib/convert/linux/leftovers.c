/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that remember the old hypervisor's devices. */
#include "convert/linux/linux.h"

/* The guest creates each again when it is missing. */
static const char *const caches[] = {
	"/etc/blkid/blkid.tab",
	"/etc/blkid.tab",
	"/etc/lvm/cache/.cache",
	/* Where it names devices that are gone LVM finds nothing (RHEL 9). */
	"/etc/lvm/devices/system.devices",
};

int v2v_linux_leftovers(struct v2v_linux *c, struct v2v_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		if (!v2v_tree_is_file(c->tree, caches[i]))
			continue;
		if (v2v_plan_remove(c->plan, caches[i], err) < 0)
			return -1;
		v2v_plan_changed(c->plan, caches[i], "device-cache", NULL,
			"removed: a cache of the old hypervisor's devices");
	}
	return 0;
}
