/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a kernel's image says of the drivers in it, for guests that keep neither
 * lists of modules nor a configuration beside it, as OpenWrt does: the
 * configuration of CONFIG_IKCONFIG, and the names of drivers and of their
 * parameters, which a kernel has as strings where they are built in.
 */
#ifndef V2V_LINUX_KERNELS_KERNEL_IMAGE_H
#define V2V_LINUX_KERNELS_KERNEL_IMAGE_H

#include "core/handle.h"

struct v2v_kernel_image {
	char *config;  /* the text of its configuration; NULL: it has none */
	char *builtin; /* as modules.builtin, of the drivers that matter; NULL:
			  none was found, which proves nothing */
};

/* Read the image @fd of @size bytes: a bzImage, or a kernel that is compressed
 * as a whole or not at all.  The fields stay NULL where it cannot be read. */
void v2v_kernel_image_read(struct v2v *v, int fd, uint64_t size,
	struct v2v_kernel_image *ret_image);
void v2v_kernel_image_clear(struct v2v_kernel_image *image);
#define CLEANUP_KERNEL_IMAGE __attribute__((cleanup(v2v_kernel_image_clear)))
#endif
