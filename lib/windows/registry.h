/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hive of a Windows registry, read with libhivex, which no other module uses.
 * A hive is a stranger's: it is copied out of the guest first, so that it stays
 * as it is while it is read; its size, the number of its keys that are looked
 * at and the length of each string are bounded.  libhivex is opened in its safe
 * mode: a damaged hive is refused.  What its transaction logs hold is seen as
 * far as they serve (whole.h); else the hive is read as it is.
 */
#ifndef V2V_WINDOWS_REGISTRY_H
#define V2V_WINDOWS_REGISTRY_H

#include "guest/tree.h"

struct v2v_registry;

/* A key: valid as long as its hive is open; 0 is none. */
typedef size_t v2v_registry_key;

/* Open the hive in file @path; NULL and the error: it is not one, it is
 * damaged, or larger than 512 MiB. */
struct v2v_registry *v2v_registry_open(
	const struct v2v_tree *tree, const char *path, struct v2v_error *err);
void v2v_registry_free(struct v2v_registry *registry);
static inline void v2v_registry_cleanup(struct v2v_registry **registry)
{
	v2v_registry_free(*registry);
}
#define CLEANUP_REGISTRY __attribute__((cleanup(v2v_registry_cleanup)))

/* The key at the end of @path, a list of names that NULL ends; case does not
 * matter.  0: there is none. */
v2v_registry_key v2v_registry_find(
	struct v2v_registry *registry, const char *const *path);

/* The value @name of @key as UTF-8, the caller's; NULL: there is none, it is
 * not a string, or longer than 4095 bytes. */
char *v2v_registry_string(
	struct v2v_registry *registry, v2v_registry_key key, const char *name);
/* The value as a number of 32 bits; false: it is none. */
bool v2v_registry_number(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, uint32_t *ret_number);

/* Call @call for each key below @key, no more than 20000, as they lie there. */
void v2v_registry_each(struct v2v_registry *registry, v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque);
#endif
