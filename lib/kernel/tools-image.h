/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The disk with the host's own programs for volumes (lvm, mdadm, cryptsetup,
 * ntfs-3g, rpm), their libraries, and the modules of the small kernel: an ext4
 * that is made once and kept.  Neither root nor a mount is needed.
 */
#ifndef V2V_KERNEL_TOOLS_IMAGE_H
#define V2V_KERNEL_TOOLS_IMAGE_H

#include "core/handle.h"

/*
 * Its name, below the directory @cache of ours; the caller's.  @modules as in
 * struct v2v_boot_image.  A program that the host does not have is left out:
 * v2v_kernel_hello() says which are there.
 * It is made again where one of its files is another by now.
 */
int v2v_tools_image_get(struct v2v *v, const char *modules, const char *cache,
	char **ret_path, struct v2v_error *err);
#endif
