/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How libguestfs spells the devices of a guest; the document has its names. */
#ifndef V2V_MODEL_APPLIANCE_NAMES_H
#define V2V_MODEL_APPLIANCE_NAMES_H

#include "core/mem.h"

/* "/dev/sdb1": partition 1 (0: the whole disk) of disk @index, from 0.  The
 * caller's. */
char *v2v_appliance_disk(size_t index, unsigned partition);

/* "btrfsvol:/dev/sda1/@": a subvolume of the btrfs on @device.  The caller's.
 */
char *v2v_appliance_subvolume(const char *device, const char *subvolume);

/* "/dev/sda1/@" of such a name, borrowed; NULL: it is a plain device. */
const char *v2v_appliance_is_subvolume(const char *name);
#endif
