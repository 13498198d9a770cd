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
	/* By v2v_manifest_resolve(); borrowed, NULL: not in the OVA. */
	struct v2v_ova_member *member;
};

/* Read "SHA256(name)= hex" and its relatives: blanks, CRLF, a byte order mark,
 * "SHA-256", "SHA2-256", upper case; and "hex *name" as sha256sum writes it.
 * Empty lines and those that begin with '#' are left out; what comes after one
 * line more than an OVA may have members is not read. */
void v2v_manifest_parse(const char *text, size_t size, struct v2v_list *lines);
void v2v_manifest_clear(struct v2v_list *lines);
#define CLEANUP_MANIFEST __attribute__((cleanup(v2v_manifest_clear)))

/* Find the members that lines mean: the name as it is, as an href, without
 * blanks and quotes around it and with '/' for '\\', else the only one that has
 * that name in another case. */
void v2v_manifest_resolve(struct v2v_ova *ova,
	const struct v2v_ova_member *manifest, const struct v2v_list *lines);

/* The name without blanks and quotes, with '/'; the caller's. */
char *v2v_manifest_bare_name(const char *name);

/* Which digests a manifest wants of a member whose turn comes in a packed OVA;
 * all kinds where the manifest is not read yet. */
unsigned v2v_manifest_algorithms(const struct v2v_ova *ova, json_t **cache,
	const struct v2v_ova_member *member);

/*
 * Check the members against the manifest of @descriptor's OVA.  A digest that
 * does not fit is a failure; a line that cannot be read or is the manifest's
 * own, an unknown algorithm or a member that is not there is a warning, as is
 * that the descriptor or a member that is wanted is left out; that there is no
 * manifest is recorded.  Several manifests, or one with more lines than an OVA
 * may have members, are refused.
 */
int v2v_manifest_check(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, struct v2v_error *err);

/* Warn where the manifest that the OVA was checked against, if any, leaves out
 * @descriptor (may be NULL) or members that are wanted by now, each once. */
void v2v_manifest_tell_left_out(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor);
#endif
