/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GRUB 0.9x: menu.lst, grub.conf. */
#ifndef V2V_LINUX_BOOT_GRUB1_H
#define V2V_LINUX_BOOT_GRUB1_H

#include "linux/boot/boot-entry.h"

/*
 * Add the entries that start Linux and mark the default.  @saved is the text
 * of the file `default` beside the menu, which `default saved` asks for, or
 * NULL.
 */
void v2v_grub1_read(
	const char *text, const char *saved, struct v2v_list *entries);
#endif
