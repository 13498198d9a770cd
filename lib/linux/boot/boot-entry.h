/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thing that a bootloader offers to start: what all its readers fill. */
#ifndef V2V_LINUX_BOOT_BOOT_ENTRY_H
#define V2V_LINUX_BOOT_BOOT_ENTRY_H

#include "core/fields.h"

/* Strings are owned and may be NULL, but for kernel and options. */
struct v2v_boot_entry {
	char *title, *id;
	char *place;   /* "0", "1>2": as the loader counts */
	char *kernel;  /* readers: as written, "/vmlinuz-6.1" or "(hd0,0)/…";
			  v2v_bootloader_find(): the path in the guest */
	char *options; /* the kernel's command line, "" where there is none */
	char *initrd;  /* the main one: early microcode comes before it */
	char *uuid;    /* of the filesystem that the names are on */
	char *file;    /* v2v_bootloader_find(): what holds the entry */
	bool is_default; /* it boots by itself; true for one at most */
	bool is_uki;	 /* kernel, initrd and options are one signed file */
};

/* More entries than any menu has are hostile; readers stop there. */
#define V2V_BOOT_MAX_ENTRIES 256

/* Append an entry with @kernel, which is taken over; NULL, and @kernel freed,
 * where there are too many. */
struct v2v_boot_entry *v2v_boot_entry_add(
	struct v2v_list *entries, char *kernel);

/* Append @entry, which has a kernel, and leave it zeroed; one that is too many
 * is cleared. */
void v2v_boot_entry_take(
	struct v2v_list *entries, struct v2v_boot_entry *entry);

/* Free what it owns and zero it. */
void v2v_boot_entry_clear(struct v2v_boot_entry *entry);

/* Of several initrds, separated by blanks, make the main one
 * entry->initrd: the first that is called so, else the last. */
void v2v_boot_entry_set_initrd(struct v2v_boot_entry *entry, const char *names);

/* The default's entry, or NULL. */
const struct v2v_boot_entry *v2v_boot_entries_default(
	const struct v2v_list *entries);

void v2v_boot_entries_clear(struct v2v_list *entries);
#define CLEANUP_BOOT_ENTRIES __attribute__((cleanup(v2v_boot_entries_clear)))
#endif
