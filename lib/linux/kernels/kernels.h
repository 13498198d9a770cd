/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernels of the mounted guest: files, drivers, initrds. */
#ifndef V2V_LINUX_KERNELS_KERNELS_H
#define V2V_LINUX_KERNELS_KERNELS_H

#include "guest/tree.h"
#include "model/inspect.h"

/*
 * Fill inspect->kernels, the default first, then the newest first.  @entries
 * (of struct v2v_boot_entry) is what the bootloader offers; where it names no
 * default the newest is taken for it.
 */
int v2v_kernels_find(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, const struct v2v_list *entries,
	struct v2v_error *err);
#endif
