/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Converting a Linux guest: files are read and edited, no program of the guest
 * is run.  The parts share one struct; each records what it changed.
 */
#ifndef V2V_CONVERT_LINUX_H
#define V2V_CONVERT_LINUX_H

#include "guest/guest.h"
#include "model/devices.h"

struct v2v_linux {
	struct v2v *v;
	struct v2v_guest *guest;
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed */
	struct v2v_devices devices;
	bool leave_network;	/* names and network files as they are */
	bool rebuild_initramfs; /* by the guest's own tools */
	bool remove_tools;   /* of the old hypervisor, by the package manager */
	bool serial_console; /* is to be added */
	struct v2v_guestcaps *caps; /* filled; changes are appended */
};

/* Do all of it on the guest, which is mounted for writing. */
int v2v_linux_convert(struct v2v_linux *conversion, struct v2v_error *err);

/* The parts, in the order in which they are done. */

/* What the guest's kernel can use: caps but for changes and nics. */
int v2v_linux_caps(struct v2v_linux *conversion, struct v2v_error *err);

/* Devices and consoles, in the files of inspect/device-files.h. */
int v2v_linux_names(struct v2v_linux *conversion, struct v2v_error *err);

/* A serial console, where it is asked for. */
int v2v_linux_serial(struct v2v_linux *conversion, struct v2v_error *err);

/* A UEFI guest without \EFI\BOOT\BOOTX64.EFI gets it from its own loader. */
int v2v_linux_uefi(struct v2v_linux *conversion, struct v2v_error *err);

/* Give each NIC a MAC, and the guest's old interface names to these MACs. */
int v2v_linux_network(struct v2v_linux *conversion, struct v2v_error *err);

/* Files of the old hypervisor and caches that name its devices. */
int v2v_linux_leftovers(struct v2v_linux *conversion, struct v2v_error *err);

/* The initrds of all kernels, and what keeps the next update right. */
int v2v_linux_initramfs(struct v2v_linux *conversion, struct v2v_error *err);

/* Is there room for what the guest's tools make?  Nothing is written. */
int v2v_linux_rebuild_room(
	const struct v2v_linux *conversion, struct v2v_error *err);

/* The initrds by the guest's own tools; drivers that are then missing are an
 * error. */
int v2v_linux_rebuild(struct v2v_linux *conversion, struct v2v_error *err);

/* Add to @names (of char *) the drivers for the disks that the kernels have as
 * modules. */
void v2v_linux_drivers(struct v2v_linux *conversion, struct v2v_list *names);

/* Configuration of the tools that make initramfs: they keep the drivers. */
int v2v_linux_persist(struct v2v_linux *conversion, struct v2v_error *err);

/* The old hypervisor's services, folders, repositories and drivers. */
int v2v_linux_foreign(struct v2v_linux *conversion, struct v2v_error *err);

/* Its packages, by the guest's package manager; where remove_tools says so.
 * That it fails is a warning. */
int v2v_linux_remove_tools(struct v2v_linux *conversion, struct v2v_error *err);

/* SELinux labels for the files that were made. */
int v2v_linux_selinux(struct v2v_linux *conversion, struct v2v_error *err);

/* Add to caps->changes: a file has one entry, later changes go behind. */
void v2v_linux_changed(struct v2v_linux *conversion, const char *path,
	const char *fmt, ...) V2V_PRINTF(3, 4);

/*
 * Read a text of the guest, edit it with one of texts.h, write it back and
 * record the change.  Nothing where the file is absent or stays as it is; a
 * link that leads nowhere is told.
 */
int v2v_linux_edit(struct v2v_linux *conversion, const char *path,
	char *(*edit)(const char *text, const struct v2v_devices *devices,
		struct v2v_text *what),
	struct v2v_error *err);
#endif
