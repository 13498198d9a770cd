/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the members of an initramfs show about it. */
#ifndef V2V_INITRD_SIGNS_H
#define V2V_INITRD_SIGNS_H

#include "initrd/cpio.h"
#include "initrd/initrd.h"

void v2v_initrd_see(
	struct v2v_initrd *initrd, const struct v2v_cpio_member *member);
#endif
