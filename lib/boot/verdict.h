/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a starting machine says, as a verdict.  The words are those of the Linux
 * kernel (init/do_mounts.c, kernel/panic.c), dracut, initramfs-tools,
 * mkinitcpio, mkinitfs, systemd, GRUB, SeaBIOS, OVMF (BdsDxe) and Windows' boot
 * sectors.
 */
#ifndef V2V_BOOT_VERDICT_H
#define V2V_BOOT_VERDICT_H

#include <stdbool.h>

/* The code by @said, all that a console has shown so far, without escape
 * sequences; a literal.  NULL: it can still become anything. */
const char *v2v_boot_verdict(const char *said);

/* The same of one that has been quiet for a while: what waits for a person,
 * GRUB's menu without a countdown, was perhaps not complete before. */
const char *v2v_boot_verdict_of_quiet(const char *said);

/* Is a machine with this verdict of any code up?  One that nobody can tell of,
 * "boot-running", counts as up. */
bool v2v_boot_is_up(const char *code);
#endif
