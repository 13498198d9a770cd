/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rEFInd: the stanzas of refind.conf, and the kernels that it finds by itself
 * with the arguments of refind_linux.conf beside them. */
#ifndef V2V_LINUX_BOOT_REFIND_H
#define V2V_LINUX_BOOT_REFIND_H

#include "guest/tree.h"
#include "linux/boot/boot-entry.h"

/*
 * Add what rEFInd with the file @config offers and mark the default; kernels
 * are sought in @folders, of char *.  Names in stanzas are as written, others
 * are paths in the guest.  *@files gets the name of each file read, of char *.
 */
void v2v_refind_read(const struct v2v_tree *tree, const char *config,
	const struct v2v_list *folders, struct v2v_list *files,
	struct v2v_list *entries);
#endif
