/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an initrd lacks for a kernel's boot on KVM, and the archive that is to
 * be appended to it (lib/README.md, "Initramfs").  Inspection counts it,
 * conversion writes it.
 */
#ifndef V2V_LINUX_KERNELS_INITRAMFS_H
#define V2V_LINUX_KERNELS_INITRAMFS_H

#include "initrd/modules.h"
#include "linux/kernels/initrd-files.h"

/* What keeps dracut adding the drivers. */
#define V2V_DRACUT_DIR	"/etc/dracut.conf.d"
#define V2V_DRACUT_FILE V2V_DRACUT_DIR "/50-v2v-virtio.conf"

/* What is to be done for one kernel. */
struct v2v_initramfs {
	const struct v2v_initrd *scan; /* borrowed from the file */
	const char *const *drivers; /* what it needs, as modules or built in */
	bool is_needed;		    /* it lacks some */
	bool brings_network;	    /* the cards' too */
	uint64_t needs; /* bytes that building adds to the file system, with
			   padding and what is recompressed */
};

/* The modules of one kernel after the other, zeroed at first: of kernels whose
 * lists are the same files they are read once. */
struct v2v_initramfs_modules {
	uint64_t files[8]; /* devices and inodes */
	struct v2v_modules *modules;
	bool is_complete; /* what they lack, the kernel has not */
};

/* Those of @kernel, from its directory and configuration, or where it has
 * neither from its image, which may not tell all; borrowed, until the next is
 * asked for. */
const struct v2v_modules *v2v_initramfs_modules(struct v2v *v,
	const struct v2v_tree *tree, const struct v2v_kernel *kernel,
	struct v2v_initramfs_modules *last);
void v2v_initramfs_modules_clear(struct v2v_initramfs_modules *last);
#define CLEANUP_MODULES __attribute__((cleanup(v2v_initramfs_modules_clear)))

/*
 * The drivers for the best disk bus that the kernel can use: virtio's, with
 * both its buses, so that the machine may be given either; else AHCI's; NULL
 * where it can use none.  Where the machine's @bus is "sata" (another kernel is
 * the default; else NULL) only AHCI's are of use.  Ended by NULL, static
 * storage.
 */
const char *const *v2v_initramfs_drivers(
	const struct v2v_modules *modules, const char *bus);

/* The driver of the network cards that the machine will have. */
const char *v2v_initramfs_card(const struct v2v_modules *modules);

/*
 * Tell whether the initrd, which has been read, lacks drivers of the kernel's,
 * those of v2v_initramfs_drivers().  Fails with "initrd-unreadable" where it is
 * not known what would load them.  @file must outlive *@ret_initramfs.
 */
int v2v_initramfs_plan(struct v2v_initrd_file *file,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *bus, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err);

/*
 * Add the archive for the kernel to those that are to be appended to @file;
 * @texts (of struct v2v_initrd_text; may be NULL) go into it too.  Nothing
 * where no driver is needed and there are no texts.
 */
int v2v_initramfs_build(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_initrd_file *file, const struct v2v_kernel *kernel,
	const struct v2v_modules *modules, const struct v2v_list *texts,
	struct v2v_initramfs *initramfs, struct v2v_error *err);

/* The first driver for disks on @bus (as guestcaps') that is neither in the
 * initrd nor built in; NULL. */
const char *v2v_initramfs_lacks(const struct v2v_initrd *scan,
	const struct v2v_modules *modules, const char *bus);

/* All that a scan has to capture, ended by NULL; returns @files. */
#define V2V_INITRAMFS_FILES 64
const char *const *v2v_initramfs_captured(
	const char *files[V2V_INITRAMFS_FILES]);
#endif
