/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a kernel's initrd lacks for a boot on virtio, and what would have to be
 * appended to it (DESIGN.md 6).  Inspection counts it, conversion does it.
 */
#ifndef V2V_INSPECT_INITRAMFS_H
#define V2V_INSPECT_INITRAMFS_H

#include "guest/guest.h"
#include "initrd/initrd.h"
#include "initrd/modules.h"
#include "model/inspect.h"

/* A file of the guest and its place in the archive. */
struct v2v_initramfs_file {
	char *from, *to;
	uint64_t size; /* bytes */
};

struct v2v_initramfs {
	int fd;		       /* a copy of the initrd on the host */
	uint64_t size;	       /* its bytes */
	struct v2v_initrd scan;
	struct v2v_list files; /* of struct v2v_initramfs_file; empty: it has
				  all that is needed */
};

/* The modules of a kernel, from its directory and configuration.  Never NULL;
 * the caller's to free. */
struct v2v_modules *v2v_initramfs_modules(
	struct v2v_guest *guest, const struct v2v_kernel *kernel);

/*
 * Read the kernel's initrd and decide what is to be appended.  @capture as for
 * v2v_initrd_scan().  Fails with "initrd-unreadable" where it cannot be told.
 */
int v2v_initramfs_plan(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *const *capture, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err);

/* The bytes that the plan adds to the file system, padding included. */
uint64_t v2v_initramfs_needs(const struct v2v_initramfs *initramfs);

/* Names of drivers without which there is no root on virtio; NULL ends. */
extern const char *const v2v_initramfs_drivers[];

void v2v_initramfs_clear(struct v2v_initramfs *initramfs);
#define CLEANUP_INITRAMFS __attribute__((cleanup(v2v_initramfs_clear)))
#endif
