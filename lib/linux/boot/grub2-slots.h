/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which slot a machine starts that is updated by RAUC: its grub.cfg goes by
 * variables of the environment block, ORDER and, of each slot, A_OK and A_TRY
 * (https://rauc.readthedocs.io, GRUB). */
#ifndef V2V_LINUX_BOOT_GRUB2_SLOTS_H
#define V2V_LINUX_BOOT_GRUB2_SLOTS_H

#include "linux/boot/boot-entry.h"

/* Mark the entry of the first slot that is good; false: there is none. */
bool v2v_grub2_choose_slot(
	const struct v2v_list *variables, struct v2v_list *entries);
#endif
