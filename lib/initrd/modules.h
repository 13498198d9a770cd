/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The modules of one kernel, as modules.dep(5), modules.builtin and the
 * kernel's configuration say about them.  Names are compared as modprobe does:
 * '-' is '_', and .ko, .ko.xz and so on do not belong to the name.
 */
#ifndef V2V_INITRD_MODULES_H
#define V2V_INITRD_MODULES_H

#include "core/fields.h"

struct v2v_modules;

/* From the files' texts, copied; any may be NULL.  Free with
 * v2v_modules_free() (NULL is fine). */
struct v2v_modules *v2v_modules_new(
	const char *dep, const char *builtin, const char *config);
void v2v_modules_free(struct v2v_modules *modules);

/* How many modules modules.dep lists. */
size_t v2v_modules_count(const struct v2v_modules *modules);

/* The path of a module below the modules' directory, borrowed, or NULL. */
const char *v2v_modules_path(
	const struct v2v_modules *modules, const char *name);

/* Is it in the kernel itself? */
bool v2v_modules_is_builtin(
	const struct v2v_modules *modules, const char *name);

/* Can the kernel do it, one way or the other?  A configuration that says =m
 * counts only where there is no modules.dep. */
bool v2v_modules_has(const struct v2v_modules *modules, const char *name);

/*
 * Add to @paths (of char *) the files of the module and of all that it needs,
 * what is needed first, none twice, nothing that is built in.  A name that the
 * kernel does not have adds nothing.
 */
void v2v_modules_closure(const struct v2v_modules *modules, const char *name,
	struct v2v_list *paths);

/* Add to @names (of char *) what the module needs, by name and in the order of
 * modules.dep: what is loaded first is last.  Nothing that is built in. */
void v2v_modules_needs(const struct v2v_modules *modules, const char *name,
	struct v2v_list *names);

/* A module's name from its file's: "kernel/drivers/block/virtio-blk.ko.xz" is
 * "virtio_blk"; NULL where the file is not a module.  The caller frees. */
char *v2v_module_name(const char *path);
#endif
