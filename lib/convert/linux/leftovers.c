/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that remember the old hypervisor's devices. */
#include "convert/linux/linux.h"
#include "guest/files.h"

/* Each is made anew by the guest when it is missing. */
static const char *const caches[] = {
	"/etc/blkid/blkid.tab",
	"/etc/blkid.tab",
	"/etc/lvm/cache/.cache",
	/* Where it names devices that are gone LVM finds nothing (RHEL 9). */
	"/etc/lvm/devices/system.devices",
};

int v2v_linux_leftovers(struct v2v_linux *c, struct v2v_error *err)
{
	for (size_t i = 0; i < sizeof caches / sizeof caches[0]; i++) {
		if (!v2v_guest_is_file(c->guest, caches[i]))
			continue;
		if (v2v_guest_remove(c->guest, caches[i], err) < 0)
			return -1;
		v2v_linux_changed(c, caches[i],
			"removed: a cache of the old hypervisor's devices");
	}
	return 0;
}
