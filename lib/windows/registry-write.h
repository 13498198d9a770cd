/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hive is changed: in memory, until it is committed.  Only for a copy, in the
 * child of edit-apply.h.  libhivex keeps what it does not understand; a new key
 * gets the security of the one above it.
 */
#ifndef V2V_WINDOWS_REGISTRY_WRITE_H
#define V2V_WINDOWS_REGISTRY_WRITE_H

#include "windows/registry.h"

/* The largest value that is looked at or changed, bytes. */
#define V2V_VALUE_MOST (1 << 20)

/* A value as the hive has it. */
struct v2v_value {
	bool is_there;
	uint32_t type;	     /* enum v2v_value_type, and others */
	unsigned char *data; /* owned */
	size_t size;	     /* bytes */
};

void v2v_value_clear(struct v2v_value *value);
#define CLEANUP_VALUE __attribute__((cleanup(v2v_value_clear)))
bool v2v_value_is_same(const struct v2v_value *a, const struct v2v_value *b);

/* As v2v_registry_open(); @copy is open for writing. */
struct v2v_registry *v2v_registry_open_to_write(
	int copy, const char *path, struct v2v_error *err);

/* The value @name ("": the default one) of @key, as *@ret, the caller's; one
 * that is not there is no failure. */
int v2v_registry_get(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, struct v2v_value *ret, struct v2v_error *err);
/* Set it; where @value is not there, delete it. */
int v2v_registry_put(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, const struct v2v_value *value, struct v2v_error *err);
/* A new key below @key; 0 on failure. */
v2v_registry_key v2v_registry_add(struct v2v_registry *registry,
	v2v_registry_key key, const char *name, struct v2v_error *err);
/* Delete @key with all that is below it. */
int v2v_registry_delete(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_error *err);
/* How a key is spelled in the hive, the caller's; NULL. */
char *v2v_registry_name(struct v2v_registry *registry, v2v_registry_key key);

/* Write the file that was opened. */
int v2v_registry_commit(struct v2v_registry *registry, struct v2v_error *err);
#endif
