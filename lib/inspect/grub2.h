/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* grub.cfg: which kernels it offers, and which of them is the default. */
#ifndef V2V_INSPECT_GRUB2_H
#define V2V_INSPECT_GRUB2_H

#include "core/fields.h"

struct v2v_boot_entry {
	char *title, *id; /* id NULL where the entry has none */
	char *place;	  /* "0", "1>2": as GRUB_DEFAULT counts */
	char *kernel;	  /* as written: "/boot/vmlinuz-6.1", or "/vmlinuz-6.1"
			     where /boot is a filesystem of its own */
	char *options;	  /* what stands behind the kernel */
	char *initrd;	  /* NULL */
};

/* Add the entries of a grub.cfg that start Linux, in their order. */
void v2v_grub2_entries(const char *text, struct v2v_list *entries);

/*
 * The entry that boots by itself: `set default=`, with @grubenv (may be NULL)
 * where that asks for saved_entry; else the first.  NULL where there is none.
 */
const struct v2v_boot_entry *v2v_grub2_default(const char *text,
	const char *grubenv, const struct v2v_list *entries);

void v2v_boot_entries_clear(struct v2v_list *entries);
#define CLEANUP_BOOT_ENTRIES __attribute__((cleanup(v2v_boot_entries_clear)))
#endif
