/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices in the names of systemd's units. */
#ifndef V2V_LINUX_STORAGE_UNIT_H
#define V2V_LINUX_STORAGE_UNIT_H

#include "model/devices.h"

/* The device that a unit's name is made of: "dev-sda1.device",
 * "dev-sda2.swap", "systemd-fsck@dev-sda1.service" give "/dev/sda1"; NULL
 * where it is made of none.  The caller frees. */
char *v2v_unit_device(const char *name);

/* The new name of a device's unit or its check's, as v2v_devices_path() names
 * the device; NULL where the old one stays, and for units that are files.  The
 * caller frees. */
char *v2v_unit_rename(const struct v2v_devices *devices, const char *name);
#endif
