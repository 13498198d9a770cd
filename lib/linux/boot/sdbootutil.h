/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What SUSE's sdbootutil installs on an EFI system partition: a loader that
 * reads loader/entries, systemd-boot in EFI/systemd or else a GRUB 2 that has
 * all in one image and no grub.cfg.  Behind shim both are called grub.efi.
 */
#ifndef V2V_LINUX_BOOT_SDBOOTUTIL_H
#define V2V_LINUX_BOOT_SDBOOTUTIL_H

#include "guest/tree.h"

/* The folder of the loader on the partition that is mounted at @esp, the
 * caller's; NULL: it is not there. */
char *v2v_sdbootutil_folder(const struct v2v_tree *tree, const char *esp);

/* Is it GRUB's? */
bool v2v_sdbootutil_is_grub(const char *folder);

/* What GRUB's environment block has as the default entry, "NAME.conf"; the
 * caller's, or NULL.  @grubenv may be NULL. */
char *v2v_sdbootutil_default(const char *grubenv);
#endif
