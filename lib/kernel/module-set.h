/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The modules of the small kernel that disks of guests need.  Those without
 * which the tools' disk cannot be read lie in the initrd, the others on that
 * disk: what is not asked for costs nothing.
 */
#ifndef V2V_KERNEL_MODULE_SET_H
#define V2V_KERNEL_MODULE_SET_H

#include "core/digest.h"
#include "core/fields.h"
#include "core/handle.h"
#include "initrd/modules.h"

struct v2v_module_set {
	const char *directory; /* lent: "/usr/lib/uml/modules/6.1.176"; NULL */
	struct v2v_modules *modules;
	/* Of char *, below the directory: those of the initrd, and all. */
	struct v2v_list first, all;
};

/* Fill the zeroed *@set.  @directory NULL: the kernel has none. */
void v2v_module_set_find(struct v2v_module_set *set, const char *directory);
void v2v_module_set_clear(struct v2v_module_set *set);
#define CLEANUP_MODULE_SET __attribute__((cleanup(v2v_module_set_clear)))

/* Add the files of @paths to @digest: kernel/kept.h. */
int v2v_module_set_digest(const struct v2v_module_set *set,
	const struct v2v_list *paths, struct v2v_digest *digest,
	struct v2v_error *err);

/* A module's file, unpacked; the caller's to close, or -1.  @path is one of the
 * list; *@ret_size in bytes. */
int v2v_module_set_open(struct v2v *v, const struct v2v_module_set *set,
	const char *path, uint64_t *ret_size, struct v2v_error *err);

/* What server/modules.c reads: "NAME NAME NAME…", of each module what others
 * need first; and "PATTERN NAME", what else it is called.  The caller's. */
char *v2v_module_set_list(const struct v2v_module_set *set);
char *v2v_module_set_aliases(const struct v2v_module_set *set);
#endif
