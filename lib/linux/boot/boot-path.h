/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names as a bootloader writes them to paths in the guest.  The loader names
 * files from the top of a filesystem; where that is mounted, and beneath which
 * subvolume, is the guest's.
 */
#ifndef V2V_LINUX_BOOT_BOOT_PATH_H
#define V2V_LINUX_BOOT_BOOT_PATH_H

#include "guest/tree.h"
#include "model/inspect.h"

/*
 * The path of the file @written ("/vmlinuz", "(hd0,1)/boot/vmlinuz",
 * "\EFI\Linux\x.efi", "/@/boot/vmlinuz"): on the filesystem with @uuid (may be
 * NULL), else on that of the file @config, else wherever such a file is.  The
 * caller's; where no file is found the likeliest path.
 */
char *v2v_boot_path(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, const char *config, const char *uuid,
	const char *written);
#endif
