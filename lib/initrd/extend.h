/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initramfs lacks to load drivers, and the archive that brings it. */
#ifndef V2V_INITRD_EXTEND_H
#define V2V_INITRD_EXTEND_H

#include "initrd/cpio.h"
#include "initrd/initrd.h"
#include "initrd/modules.h"

struct v2v_extend {
	struct v2v *v;
	const struct v2v_initrd *scan;
	const struct v2v_modules *modules; /* the kernel's */
	const char *aliases;		   /* its modules.alias; NULL */
	const char *const *drivers;	   /* NULL at the end */
	/* A file of the kernel's modules' directory, open at the host, the
	 * caller's to close; -1 on failure. */
	int (*fetch)(const char *path, uint64_t *ret_size, void *opaque,
		struct v2v_error *err);
	/* A new file without a name. */
	int (*scratch)(void *opaque, struct v2v_error *err);
	void *opaque;
};

/* Is there a driver that the kernel has as a module and the initramfs lacks,
 * or lacks what that needs? */
bool v2v_extend_is_needed(const struct v2v_extend *extend);

/*
 * Write it, if it is needed: modules (stored as the initramfs stores others,
 * else unpacked), an index of all modules that are then there, and what makes
 * them load.  @texts (of struct v2v_initrd_text; may be NULL) are added: files,
 * or links whose text is where they lead.  The archive is finished.
 */
int v2v_extend_write(const struct v2v_extend *extend,
	const struct v2v_list *texts, struct v2v_cpio *cpio,
	struct v2v_error *err);
#endif
