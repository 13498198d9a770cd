/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of block devices in the guest, old to new.  A name that depends on the
 * old hypervisor becomes UUID= of what is on it, or the new name where it has
 * no UUID.  Names that stay true (UUID=, LABEL=, LVM, MD) have no new one.
 */
#ifndef V2V_MODEL_DEVICES_H
#define V2V_MODEL_DEVICES_H

#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/source.h"

struct v2v_devices {
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed: UUIDs */
	const char *prefix;		   /* the new bus's: "vd" "sd" "hd" */
};

/* What "/dev/PREFIXa" is called on a bus of guestcaps: "vd", "sd", "hd". */
const char *v2v_devices_prefix(const char *block_bus);

/* The letters of disk number @index: "a" … "z", "aa" …; the caller's. */
char *v2v_devices_letters(size_t index);

/*
 * The partition that an old name ("/dev/sda1", "/dev/nvme0n1p1",
 * "/dev/disk/by-path/…-part1") means, *@ret_partition 0 for a whole disk:
 * true.  False for any other name, or a disk that there is not.
 */
bool v2v_devices_find(const struct v2v_devices *devices, const char *name,
	size_t *ret_disk, unsigned *ret_partition);

/* The new name, "UUID=…" or "/dev/vda1"; NULL where the old one stays.  The
 * caller frees. */
char *v2v_devices_replace(const struct v2v_devices *devices, const char *name);

/* The same, but always "/dev/vda1" and never a UUID. */
char *v2v_devices_rename(const struct v2v_devices *devices, const char *name);

/* Does the name look like one of the old hypervisor's disks, though
 * v2v_devices_replace() knows none of that name?  Worth a warning. */
bool v2v_devices_is_unknown(
	const struct v2v_devices *devices, const char *name);
#endif
