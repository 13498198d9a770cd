/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hive of a Windows registry, read with libhivex, which no other module uses.
 * A hive is untrusted: it is copied out of the guest, and what is done with
 * the copy is hive.h's to do in a child that may nothing else.  Its size, the
 * number of its keys and values that are visited (200000 in all) and the length
 * of each string are bounded.  libhivex is opened in its safe mode: a damaged
 * hive is refused. What its transaction logs hold is seen as far as they serve
 * (whole.h); else the hive is read as it is.
 */
#ifndef V2V_WINDOWS_REGISTRY_H
#define V2V_WINDOWS_REGISTRY_H

#include "core/error.h"
#include "core/fields.h"

struct v2v_registry;

/* A key: valid as long as its hive is open; 0 is none, and has nothing. */
typedef size_t v2v_registry_key;

/* Open the hive that is in file @copy, which stays the caller's; @path names it
 * in the error.  NULL: it is not one, or it is damaged. */
struct v2v_registry *v2v_registry_open(
	int copy, const char *path, struct v2v_error *err);
void v2v_registry_free(struct v2v_registry *registry);
static inline void v2v_registry_cleanup(struct v2v_registry **registry)
{
	v2v_registry_free(*registry);
}
#define CLEANUP_REGISTRY __attribute__((cleanup(v2v_registry_cleanup)))

v2v_registry_key v2v_registry_root(struct v2v_registry *registry);
/* The key at the end of @path, "Services\\Tcpip", from @key on; case does not
 * matter.  0: there is none. */
v2v_registry_key v2v_registry_find(
	struct v2v_registry *registry, v2v_registry_key key, const char *path);

/* The value @name of @key as UTF-8, the caller's; NULL: there is none, it is
 * not a string, or longer than 4095 bytes. */
char *v2v_registry_string(
	struct v2v_registry *registry, v2v_registry_key key, const char *name);
/* Add the strings of a REG_MULTI_SZ, no more than 64. */
void v2v_registry_strings(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, struct v2v_list *strings);
/* The bytes of a value of any type: how many; 0: it has none, or more than
 * @most. */
size_t v2v_registry_bytes(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *data, size_t most);
/* The value as a number, a DWORD or a QWORD below 2^63; negative: it is not
 * one. */
int64_t v2v_registry_number(
	struct v2v_registry *registry, v2v_registry_key key, const char *name);

/* Call @call for each key below @key, no more than 20000, as they lie there;
 * and for each value of @key. */
void v2v_registry_each(struct v2v_registry *registry, v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque);
void v2v_registry_each_value(struct v2v_registry *registry,
	v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque);
#endif
