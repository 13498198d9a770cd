/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtio for a Windows, from virtio-win: what the files of this part share. */
#ifndef V2V_CONVERT_WINDOWS_VIRTIO_H
#define V2V_CONVERT_WINDOWS_VIRTIO_H

#include "convert/windows/windows.h"
#include "windows/virtio-win/drivers.h"

struct v2v_windows_virtio {
	struct v2v_windows_work *work;
	struct v2v_driver_target target;
	struct v2v_drivers drivers;
	bool has_database; /* ids are looked up in SYSTEM\DriverDatabase */
};

/* Let the disk's driver be loaded at boot: its service, and the ids of its
 * devices where the Windows looks for them. */
void v2v_virtio_register(
	struct v2v_windows_virtio *virtio, const struct v2v_driver *driver);

/* The bytes of DriverPackages\LABEL\Version for @inf. */
#define V2V_DRIVER_VERSION 48
void v2v_virtio_version(const struct v2v_inf *inf,
	const struct v2v_driver_target *target,
	unsigned char ret_version[V2V_DRIVER_VERSION]);

/* The program to System32\drivers; whole drivers to where Plug and Play finds
 * them at the first start. */
int v2v_virtio_copy_program(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, struct v2v_error *err);
int v2v_virtio_copy_driver(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, struct v2v_error *err);
#endif
