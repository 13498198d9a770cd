/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The index of an initramfs's modules.  The guest's own would not do: some
 * generators (mkinitcpio, dracut with squashed names) store modules at other
 * places, or unpacked, and its names would then lead nowhere.
 */
#ifndef V2V_INITRD_DEPMOD_H
#define V2V_INITRD_DEPMOD_H

#include "initrd/initrd.h"
#include "initrd/modules.h"

struct v2v_depmod {
	struct v2v_text dep, dep_bin, alias, alias_bin;
};

/*
 * Fill the zeroed *@index for @files (of struct v2v_initrd_module; of one name
 * the last counts).  What they need says @modules; @aliases is the kernel's
 * modules.alias, or NULL.
 */
void v2v_depmod_make(const struct v2v_list *files,
	const struct v2v_modules *modules, const char *aliases,
	struct v2v_depmod *index);

void v2v_depmod_clear(struct v2v_depmod *index);
#define CLEANUP_DEPMOD __attribute__((cleanup(v2v_depmod_clear)))
#endif
