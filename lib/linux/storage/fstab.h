/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fstab(5): its entries, and the mountpoints that they make. */
#ifndef V2V_LINUX_STORAGE_FSTAB_H
#define V2V_LINUX_STORAGE_FSTAB_H

#include "linux/storage/resolve.h"

struct v2v_fstab_entry {
	char *spec, *path, *type, *options; /* as tables.h decodes them */
};

/* Add the entries of @text, in their order. */
void v2v_fstab_read(const char *text, struct v2v_list *entries);
void v2v_fstab_clear(struct v2v_list *entries);
#define CLEANUP_FSTAB __attribute__((cleanup(v2v_fstab_clear)))

/* The value of option @name ("subvol") without a leading '/', or NULL; the
 * caller's. */
char *v2v_fstab_option(const char *options, const char *name);

/* Add the mountpoints that the entries make below "/", whose own is there
 * already.  What names no device of the guest's disks makes none. */
void v2v_fstab_mountpoints(const struct v2v_list *entries,
	const struct v2v_volume_names *names, struct v2v_inspect *inspect);
#endif
