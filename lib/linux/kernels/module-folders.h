/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the modules of each kernel are: in /lib/modules, and in the folders of
 * the systems that boot entries start (OSTree's deployments, NixOS's
 * generations). */
#ifndef V2V_LINUX_KERNELS_MODULE_FOLDERS_H
#define V2V_LINUX_KERNELS_MODULE_FOLDERS_H

#include "guest/tree.h"

struct v2v_module_folder {
	char *release; /* "6.1.0-18-amd64" */
	char *path;    /* "/lib/modules/6.1.0-18-amd64" */
};

/* Add all there are; @entries is of struct v2v_boot_entry. */
void v2v_module_folders_find(const struct v2v_tree *tree,
	const struct v2v_list *entries, struct v2v_list *folders);
void v2v_module_folders_clear(struct v2v_list *folders);

/* That of a release, the first of several; borrowed, or NULL. */
const char *v2v_module_folder(
	const struct v2v_list *folders, const char *release);
#endif
