/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations of syslinux, extlinux, pxelinux, and of U-Boot, which took
 * the format over. */
#ifndef V2V_LINUX_BOOT_EXTLINUX_H
#define V2V_LINUX_BOOT_EXTLINUX_H

#include "guest/tree.h"
#include "linux/boot/boot-entry.h"

/*
 * Add the entries of the file @config, and of those that it includes, and mark
 * the default.  Names are absolute: those that the loader takes as beside
 * its configuration have @config's directory in front.  *@files gets the name
 * of each file read, of char *.
 */
void v2v_extlinux_read(const struct v2v_tree *tree, const char *config,
	struct v2v_list *files, struct v2v_list *entries);
#endif
