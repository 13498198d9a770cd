/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* grub.cfg: which kernels it offers, and which of them is the default. */
#ifndef V2V_LINUX_BOOT_GRUB2_H
#define V2V_LINUX_BOOT_GRUB2_H

#include "linux/boot/boot-entry.h"
#include "linux/boot/grubenv.h"

/* What a grub.cfg says; strings owned, NULL where it does not. */
struct v2v_grub2 {
	bool has_blscfg;  /* entries are files of /boot/loader/entries */
	char *wanted;	  /* of `set default=`: a place, id or title */
	bool wants_saved; /* it asks for saved_entry first */
	char *next;	  /* another file that `configfile` names */
	char *uuid;	  /* `search --fs-uuid` outside of any entry */
	/* The text of a file that `load_env -f` names, the caller's, or NULL;
	 * may be NULL itself. */
	char *(*load)(const struct v2v_grub2 *config, const char *name);
	/* Add the files that `source` names, which may be a pattern of
	 * glob(7), to @paths (of char *), for load(); may be NULL. */
	void (*find)(const struct v2v_grub2 *config, const char *pattern,
		struct v2v_list *paths);
	const void *opaque;
};

/*
 * Add the entries of a grub.cfg that start Linux, in their order.  @variables
 * are those of grubenv (may be empty); what the script sets is added.  An entry
 * of a file that is sourced has that file's name.  *@config is filled;
 * v2v_grub2_clear() ends it.
 */
void v2v_grub2_read(const char *text, struct v2v_list *variables,
	struct v2v_grub2 *config, struct v2v_list *entries);

/* Mark the entry that boots by itself: what grubenv or the script wants, else
 * the first. */
void v2v_grub2_choose(const struct v2v_grub2 *config,
	const struct v2v_list *variables, struct v2v_list *entries);

void v2v_grub2_clear(struct v2v_grub2 *config);
#define CLEANUP_GRUB2 __attribute__((cleanup(v2v_grub2_clear)))
#endif
