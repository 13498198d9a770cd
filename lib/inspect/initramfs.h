/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a kernel's initrd lacks for a boot on KVM, and the archive that is to be
 * appended to it (DESIGN.md 6).  Inspection counts it, conversion writes it.
 */
#ifndef V2V_INSPECT_INITRAMFS_H
#define V2V_INSPECT_INITRAMFS_H

#include "guest/guest.h"
#include "initrd/initrd.h"
#include "initrd/modules.h"
#include "model/inspect.h"

/* What keeps dracut adding the drivers. */
#define V2V_DRACUT_DIR	"/etc/dracut.conf.d"
#define V2V_DRACUT_FILE V2V_DRACUT_DIR "/50-v2v-virtio.conf"

struct v2v_initramfs {
	int fd;	       /* a copy of the initrd on the host */
	uint64_t size; /* its bytes */
	struct v2v_initrd scan;
	const char *const *drivers; /* what it needs, as modules or built in */
	bool is_needed;		    /* it lacks some */
	int added_fd;		    /* the archive to append; -1: not built */
	uint64_t added;		    /* its bytes */
};

/* The modules of a kernel, from its directory and configuration.  Never NULL;
 * the caller's to free. */
struct v2v_modules *v2v_initramfs_modules(
	struct v2v_guest *guest, const struct v2v_kernel *kernel);

/*
 * The drivers for the best disk bus that the kernel can use: virtio's, with
 * both its buses, so that the machine may be given either; else AHCI's; NULL
 * where it can use none.  Where the machine's @bus is "sata" (another kernel is
 * the default; else NULL) only AHCI's are of use.  Ended by NULL, static
 * storage.
 */
const char *const *v2v_initramfs_drivers(
	const struct v2v_modules *modules, const char *bus);

/*
 * Read the kernel's initrd, or the one in its image where it has none beside
 * it, and tell whether it lacks drivers, those of v2v_initramfs_drivers().
 * Fails with "initrd-unreadable" where it cannot be told, or where it is not
 * known what would load them.  @kernel must outlive *@ret_initramfs.
 */
int v2v_initramfs_plan(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *bus, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err);

/* Build the archive; @texts (of struct v2v_initrd_text; may be NULL) go into
 * it too.  Nothing where no driver is needed and there are no texts. */
int v2v_initramfs_build(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const struct v2v_list *texts, struct v2v_initramfs *initramfs,
	struct v2v_error *err);

/* The first driver for disks on @bus (as guestcaps') that is neither in the
 * initrd nor built in; NULL. */
const char *v2v_initramfs_lacks(const struct v2v_initrd *scan,
	const struct v2v_modules *modules, const char *bus);

/* The bytes that a built plan adds to the file system, padding included. */
uint64_t v2v_initramfs_needs(const struct v2v_initramfs *initramfs);

/* Texts of an archive that may name devices or network cards; the scan
 * captures them. */
extern const char *const v2v_initramfs_stale[];

void v2v_initramfs_clear(struct v2v_initramfs *initramfs);
#define CLEANUP_INITRAMFS __attribute__((cleanup(v2v_initramfs_clear)))
#define V2V_INITRAMFS_NONE                                                     \
	(struct v2v_initramfs)                                                 \
	{                                                                      \
		.fd = -1, .added_fd = -1                                       \
	}
#endif
