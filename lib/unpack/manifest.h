/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifest of an OVA: digests of its members (DSP0243 §5.1). */
#ifndef V2V_UNPACK_MANIFEST_H
#define V2V_UNPACK_MANIFEST_H

#include "unpack/ova.h"

struct v2v_manifest_line {
	unsigned algorithm; /* V2V_SHA256 ...; 0: not known */
	char *name;	    /* of the member, as the line has it; NULL: the
			       line cannot be read */
	char *digest;	    /* lower case hex */
	unsigned number;    /* of the line, from 1 */
};

/* Read "SHA256(name)= hex" and its relatives: blanks, CRLF, a byte order mark,
 * "SHA-256", upper case.  Empty lines are left out; what comes after one line
 * more than an OVA may have members is not read. */
void v2v_manifest_parse(const char *text, size_t size, struct v2v_list *lines);
void v2v_manifest_clear(struct v2v_list *lines);
#define CLEANUP_MANIFEST __attribute__((cleanup(v2v_manifest_clear)))

/* Which digests a manifest wants of a member whose turn comes in a packed OVA;
 * all kinds where the manifest is not read yet. */
unsigned v2v_manifest_algorithms(const struct v2v_ova *ova, json_t **cache,
	const struct v2v_ova_member *member);

/*
 * Check the members against the manifest of @descriptor's OVA.  A digest that
 * does not fit is a failure; a line that cannot be read, an unknown algorithm
 * or a member that is not there is a warning; that there is none is recorded.
 * Several manifests, or one with more lines than an OVA may have members, are
 * refused.
 */
int v2v_manifest_check(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, struct v2v_error *err);
#endif
