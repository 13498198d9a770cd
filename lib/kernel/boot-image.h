/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The initrd of the small kernel: the file server as /init, and the modules of
 * that kernel that disks of guests need, with an index of them.  Made once and
 * kept.
 */
#ifndef V2V_KERNEL_BOOT_IMAGE_H
#define V2V_KERNEL_BOOT_IMAGE_H

#include "core/handle.h"

struct v2v_boot_image {
	const char *init;    /* v2v-kernel-init */
	const char *modules; /* "/usr/lib/uml/modules/6.1.176"; NULL: none */
	const char *cache;   /* a directory of ours, where it is kept */
};

/* Its name, the caller's.  It is made where there is none, or where a file that
 * went in is another by now. */
int v2v_boot_image_get(struct v2v *v, const struct v2v_boot_image *image,
	char **ret_path, struct v2v_error *err);
#endif
