/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order in which the appliance's kernel found the disks.  It is not always
 * the order in which they were added; libguestfs' daemon translates names
 * between the two, but up to 1.50 or so not the device within what it returns
 * as "btrfsvol:DEVICE/SUBVOLUME" (daemon/device-name-translation.c).
 */
#ifndef V2V_GUEST_ORDER_H
#define V2V_GUEST_ORDER_H

#include "core/mem.h"

/* @name with the device as the disks were added, the caller's to free;
 * @listing is that of /dev/disk/by-path in the appliance, as ls -l makes it.
 * Names that are not such a volume, or on no disk of it, stay as they are. */
char *v2v_order_name(const char *name, const char *listing);

/* Can @name be on one of the first @disks disks?  false: the kernel's name of a
 * disk behind the appliance's own, which came between them. */
bool v2v_order_is_added(const char *name, size_t disks);
#endif
