/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An OVA as an index of its members, each with the place of its bytes in the
 * file: nothing is extracted.  Plain tar so far (DSP0243 §5.3); every other
 * container is told by its first bytes and refused with its name.  The only user
 * of libarchive for reading OVAs.
 */
#ifndef V2V_UNPACK_OVA_H
#define V2V_UNPACK_OVA_H

#include "core/fields.h"
#include "core/handle.h"

#define V2V_OVA_MAX_MEMBERS 10000

struct v2v_ova_member {
	char *name;	       /* without "./"; '/' between folders */
	uint64_t offset, size; /* bytes, in the file */
};

struct v2v_ova {
	char *file; /* absolute */
	int fd;
	uint64_t size;
	struct v2v_list members; /* of struct v2v_ova_member */
};

enum v2v_container {
	V2V_CONTAINER_NONE, /* no container that is known */
	V2V_CONTAINER_TAR,
	V2V_CONTAINER_OTHER, /* known, and not supported yet */
};

/* What @path begins with; *@ret_what names it ("a zip archive"), a literal.
 * A directory is V2V_CONTAINER_OTHER. */
int v2v_ova_container(const char *path, enum v2v_container *ret_kind,
	const char **ret_what, struct v2v_error *err);

/* Index the OVA.  Members that are no regular files, or whose names lead
 * elsewhere, are refused. */
int v2v_ova_open(struct v2v *v, const char *path, struct v2v_ova *ret_ova,
	struct v2v_error *err);

/* The member of that name, or the only one that ends with @suffix; borrowed,
 * NULL where there is none. */
const struct v2v_ova_member *v2v_ova_find(
	const struct v2v_ova *ova, const char *name);
const struct v2v_ova_member *v2v_ova_find_suffix(
	const struct v2v_ova *ova, const char *suffix, size_t *ret_count);

/* The member that an href in @descriptor means; it counts from its folder. As
 * it stands, percent-decoded, or the highest of "HREF.N"; NULL. */
const struct v2v_ova_member *v2v_ova_find_href(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *href);

/* The member's bytes with a NUL behind; more than @max is an error. */
int v2v_ova_read(const struct v2v_ova *ova, const struct v2v_ova_member *member,
	size_t max, char **ret_text, struct v2v_error *err);

void v2v_ova_clear(struct v2v_ova *ova);
#define CLEANUP_OVA __attribute__((cleanup(v2v_ova_clear)))
#endif
