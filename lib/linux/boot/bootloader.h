/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bootloader of the mounted guest, and the kernels that it offers. */
#ifndef V2V_INSPECT_BOOTLOADER_H
#define V2V_INSPECT_BOOTLOADER_H

#include "inspect/boot-entry.h"
#include "inspect/tree.h"
#include "model/inspect.h"

/*
 * Fill inspect->bootloader (NULL where none is found).  *@entries gets what it
 * offers, in its order: kernel and initrd are paths in the guest, file is what
 * holds the entry.  *@ret_default becomes the default's kernel, the caller's,
 * or NULL.  inspect->mountpoints, filesystems and firmware are read.
 */
void v2v_bootloader_find(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_list *entries, char **ret_default);

/* What v2v_bootloader_look() finds. */
struct v2v_boot {
	char *type, *config;	 /* as struct v2v_bootloader's; NULL: none */
	struct v2v_list files;	 /* of char *: each configuration read */
	struct v2v_list entries; /* of struct v2v_boot_entry */
};

/* The same over any tree; *@boot is zeroed before. */
void v2v_bootloader_look(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_boot *boot);
void v2v_boot_clear(struct v2v_boot *boot);
#define CLEANUP_BOOT __attribute__((cleanup(v2v_boot_clear)))

/* Where EFI system partitions are mounted; added to @paths, of char *. */
void v2v_bootloader_esps(
	const struct v2v_inspect *inspect, struct v2v_list *paths);
#endif
