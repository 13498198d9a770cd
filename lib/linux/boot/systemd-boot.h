/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd-boot: loader/loader.conf, loader/entries, EFI/Linux. */
#ifndef V2V_LINUX_BOOT_SYSTEMD_BOOT_H
#define V2V_LINUX_BOOT_SYSTEMD_BOOT_H

#include "guest/tree.h"
#include "linux/boot/bls.h"

/* Is systemd-boot installed on the EFI system partition mounted at @esp? */
bool v2v_systemd_boot_is_on(const struct v2v_tree *tree, const char *esp);

/* Add what loader/entries and EFI/Linux of @directory offer, unsorted. */
void v2v_systemd_boot_list(const struct v2v_tree *tree, const char *directory,
	const struct v2v_list *variables, struct v2v_list *bls);

/* Mark the entry that loader.conf's `default` pattern fits, else the first.
 * @text may be NULL. */
void v2v_systemd_boot_choose(const char *text, struct v2v_list *entries);

/* The same of the pattern itself, which may be NULL. */
void v2v_systemd_boot_choose_by(const char *pattern, struct v2v_list *entries);
#endif
