/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which kernels a guest has, by its files: what the bootloader offers, then
 * what lies in /boot, then in /lib/modules.  No distribution's names are taken
 * for granted: /boot/vmlinuz-linux is of the version that its own header tells.
 */
#ifndef V2V_LINUX_KERNELS_KERNEL_FILES_H
#define V2V_LINUX_KERNELS_KERNEL_FILES_H

#include "guest/tree.h"

struct v2v_kernel_search {
	const struct v2v_tree *tree;
	const struct v2v_list *entries; /* of struct v2v_boot_entry */
	/* Where a name leads, links resolved; NULL where nothing is. */
	char *(*resolve)(const struct v2v_kernel_search *s, const char *path);
	/* The release that a kernel's image has in it; NULL. */
	char *(*release)(const struct v2v_kernel_search *s, const char *path);
};

/* A kernel and one initrd that starts it: a second initrd of the same kernel
 * (Arch's fallback image) is another. */
struct v2v_kernel_file {
	char *vmlinuz, *version;
	char *suffix; /* of vmlinuz' name: "linux" "6.1.0-18-amd64"; NULL */
	char *initrd, *config, *modpath; /* NULL */
	char *pkgbase;			 /* Arch's name of the package; NULL */
	bool is_offered;		 /* by the bootloader */
	bool is_default;
};

/* More than a disk full of kernels is hostile: the others are left out. */
#define V2V_MAX_KERNELS 64

/* Add what there is to @files, the default first where it is known. */
void v2v_kernel_files_find(
	const struct v2v_kernel_search *s, struct v2v_list *files);
void v2v_kernel_files_clear(struct v2v_list *files);
#define CLEANUP_KERNEL_FILES __attribute__((cleanup(v2v_kernel_files_clear)))
#endif
