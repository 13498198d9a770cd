/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The initrds of a guest, each file once: links and hard links give one to many
 * kernels.  It is fetched and read once for all of them, and what it lacks for
 * each is gathered in one place, to be appended at once.
 */
#ifndef V2V_LINUX_KERNELS_INITRD_FILES_H
#define V2V_LINUX_KERNELS_INITRD_FILES_H

#include "guest/tree.h"
#include "initrd/initrd.h"
#include "model/inspect.h"

/* Kernels of more releases do not share one: the others are not looked at. */
#define V2V_INITRD_RELEASES 8

struct v2v_initrd_file {
	struct v2v_list kernels; /* of struct v2v_kernel *, borrowed */
	uint64_t device, inode;
	int fd;	       /* a copy on the host; -1: it was not read */
	uint64_t size; /* its bytes */
	struct v2v_initrd scans[V2V_INITRD_RELEASES];
	struct v2v_initrd_has has[V2V_INITRD_RELEASES]; /* as it was read */
	size_t releases;   /* scans that are used */
	uint64_t unpacked; /* of the budget, bytes */
	int added_fd;	   /* archives to append; -1: none yet */
	uint64_t added;	   /* their bytes */
};

/* Add the files of @kernels (of struct v2v_kernel *), each of which has an
 * initrd or is one image with it, in their order. */
void v2v_initrd_files_find(const struct v2v_tree *tree,
	const struct v2v_list *kernels, struct v2v_list *files);

/* Fetch it, and scan it for its kernels.  Fails with "initrd-unreadable" where
 * it is unknown what is in it, or @budget (may be NULL) has not enough. */
int v2v_initrd_file_read(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_initrd_budget *budget, struct v2v_initrd_file *file,
	struct v2v_error *err);

/* What it has for the kernel's release, archives that are to be appended
 * included; NULL: it is one of too many. */
struct v2v_initrd *v2v_initrd_file_scan(
	struct v2v_initrd_file *file, const struct v2v_kernel *kernel);

/* The scans see what was added to added_fd from @from on. */
int v2v_initrd_file_added(struct v2v *v, struct v2v_initrd_file *file,
	uint64_t from, struct v2v_error *err);

/* Give up what was read; its kernels stay. */
void v2v_initrd_file_drop(struct v2v_initrd_file *file);

/* initrd-scans.c: what was read goes from @file, which is to be dropped then,
 * to the handle's appliance, for who reads the same file next for the same
 * kernels.  Nothing was added to it, and it was read within a budget. */
void v2v_initrd_file_keep(struct v2v *v, struct v2v_initrd_file *file);
/* It was read and kept: the releases' scans are those, once, and @budget pays
 * for it once more. */
bool v2v_initrd_file_was_kept(struct v2v *v, struct v2v_initrd_budget *budget,
	struct v2v_initrd_file *file);

void v2v_initrd_files_clear(struct v2v_list *files);
#define CLEANUP_INITRD_FILES __attribute__((cleanup(v2v_initrd_files_clear)))
#endif
