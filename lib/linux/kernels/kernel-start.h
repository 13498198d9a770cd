/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether kernels can start on KVM: their drivers, and those that their initrds
 * lack. */
#ifndef V2V_LINUX_KERNELS_KERNEL_START_H
#define V2V_LINUX_KERNELS_KERNEL_START_H

#include "guest/tree.h"
#include "initrd/initrd.h"
#include "model/inspect.h"

/* Fill the drivers and initrds of inspect->kernels, each for its best bus.  An
 * initrd that cannot be read is reported, and is not a failure.  @budget is
 * what is left of it then. */
int v2v_kernel_starts(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_initrd_budget *budget,
	struct v2v_error *err);

/* Where the default kernel has its disks on SATA, so have those that could use
 * virtio: fill their initrds again.  The kernels are sorted. */
int v2v_kernel_starts_sata(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_initrd_budget *budget,
	struct v2v_error *err);
#endif
