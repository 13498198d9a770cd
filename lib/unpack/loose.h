/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives without a descriptor that hold one disk image, or one OVA: a zip
 * from a vendor's page, a cloud's "disk.raw.tar.gz". */
#ifndef V2V_UNPACK_LOOSE_H
#define V2V_UNPACK_LOOSE_H

#include "unpack/ova.h"

/* A member of a packed archive passes by before any descriptor did: it is
 * wanted where it may be the image. */
void v2v_loose_see(struct v2v_ova *ova, struct v2v_ova_member *member);

/* The member that is the image or the OVA, as its name says, or because it is
 * alone; wanted, and borrowed.  NULL where there is none, or several, or a
 * descriptor of a machine. */
struct v2v_ova_member *v2v_loose_find(struct v2v_ova *ova);

/* Add the document of that member, once it has a place.  1 where it is an OVA:
 * then *@ret_ova, the caller's to free, is where it lies in the spool folder,
 * and nothing is added. */
int v2v_loose_add(struct v2v *v, struct v2v_ova *ova,
	struct v2v_ova_member *member, const struct v2v_unpack_options *opt,
	json_t *docs, char **ret_ova, struct v2v_error *err);
#endif
