/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems that are updated by writing another one beside them: of the roots
 * that are there, which one the bootloader starts. */
#ifndef V2V_INSPECT_SLOTS_H
#define V2V_INSPECT_SLOTS_H

#include "guest/guest.h"

/* The device of the root that the next start takes, borrowed from @volumes;
 * NULL: there is no such bootloader.  Mounts and unmounts. */
const char *v2v_slots_root(
	struct v2v_guest *guest, const struct v2v_list *volumes);

/* Pure: the same of the texts of grub.cfg and grubenv (may be NULL). */
const char *v2v_slots_device(
	const char *config, const char *env, const struct v2v_list *volumes);
#endif
