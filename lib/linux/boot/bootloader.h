/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bootloader of the mounted guest, and the kernels that it offers. */
#ifndef V2V_LINUX_BOOT_BOOTLOADER_H
#define V2V_LINUX_BOOT_BOOTLOADER_H

#include "guest/tree.h"
#include "linux/boot/boot-entry.h"
#include "model/inspect.h"

/* What v2v_bootloader_look() finds. */
struct v2v_boot {
	char *type, *config;	 /* as struct v2v_bootloader's; NULL: none */
	struct v2v_list files;	 /* of char *: each configuration read */
	struct v2v_list entries; /* of struct v2v_boot_entry */
};

/* Fill the zeroed *@boot, entries in the bootloader's order: kernel and initrd
 * are paths in the guest, file is what holds the entry.  inspect->mountpoints,
 * filesystems and firmware are read. */
void v2v_bootloader_look(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_boot *boot);
void v2v_boot_clear(struct v2v_boot *boot);
#define CLEANUP_BOOT __attribute__((cleanup(v2v_boot_clear)))
#endif
