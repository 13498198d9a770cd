/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fallback loader of UEFI.  Firmware starts what its variables name; they
 * stay behind with the old hypervisor, and new firmware looks for
 * \EFI\BOOT\BOOTX64.EFI only (UEFI specification §3.5.1.1).
 */
#ifndef V2V_LINUX_BOOT_UEFI_H
#define V2V_LINUX_BOOT_UEFI_H

#include "guest/tree.h"
#include "model/inspect.h"

/* A file that is to be made: a copy of @from, or @text. */
struct v2v_uefi_file {
	char *from, *text; /* one of them is NULL */
	char *to;
};

struct v2v_uefi {
	char *directory; /* "/boot/efi/EFI/BOOT"; NULL: no EFI partition */
	char *loader;	 /* what is copied there; NULL: none was found */
	bool is_there;	 /* nothing needs to be done */
	struct v2v_list files; /* of struct v2v_uefi_file */
};

/* Look at the guest's EFI system partition; *@ret_plan is zeroed before. */
void v2v_uefi_plan(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_uefi *ret_plan);
void v2v_uefi_clear(struct v2v_uefi *plan);
#define CLEANUP_UEFI __attribute__((cleanup(v2v_uefi_clear)))
#endif
