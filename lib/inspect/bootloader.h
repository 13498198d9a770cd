/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bootloader of the mounted guest, and the kernels that it offers. */
#ifndef V2V_INSPECT_BOOTLOADER_H
#define V2V_INSPECT_BOOTLOADER_H

#include "guest/guest.h"
#include "inspect/grub2.h"
#include "model/inspect.h"

/*
 * Fill inspect->bootloader (NULL where none is found).  *@entries gets what a
 * grub.cfg offers; *@ret_default becomes the default's kernel as the entry
 * names it, the caller's, or NULL.
 */
void v2v_bootloader_find(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_list *entries, char **ret_default);
#endif
