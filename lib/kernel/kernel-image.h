/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's own kernel, for qemu, which starts an uncompressed one at once
 * (by its PVH entry): under emulation, a kernel takes seconds to unpack
 * itself. */
#ifndef V2V_KERNEL_KERNEL_IMAGE_H
#define V2V_KERNEL_KERNEL_IMAGE_H

#include "kernel/vehicle.h"

/* Where kernels and their modules are: "/boot", "/lib/modules". */
struct v2v_host_folders {
	const char *boot, *modules;
};

/* The newest that can be read and has its modules; -1, "kernel-unusable",
 * where there is none (on some systems only root may read the images). */
int v2v_host_kernel_find(const struct v2v_host_folders *folders,
	struct v2v_vehicle_kernel *ret_kernel, struct v2v_error *err);

/*
 * Its vmlinux, as a file in @directory (absolute; ours), which is made where it
 * is not there yet: 66 MB, half a second.  *@ret_path is the caller's.
 */
int v2v_host_kernel_unpack(struct v2v *v,
	const struct v2v_vehicle_kernel *kernel, const char *directory,
	char **ret_path, struct v2v_error *err);
#endif
