/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk whose VMDK descriptor is a file of its own and names the files of its
 * extents.  Each must lie in the OVA, or beside the descriptor that the user
 * names; the descriptor itself is given to nobody else.
 */
#ifndef V2V_UNPACK_EXTENTS_H
#define V2V_UNPACK_EXTENTS_H

#include "core/workdir.h"
#include "model/source.h"
#include "unpack/ova.h"

struct v2v_extent {
	char *name;	 /* UTF-8 where the encoding is known; NULL: zeros */
	char *bytes;	 /* the name as written; NULL: the same */
	bool sparse;	 /* a sparse VMDK of its own; else flat */
	uint64_t size;	 /* bytes of the disk */
	uint64_t offset; /* bytes, in the flat file */
	struct v2v_ova_member *member; /* borrowed; NULL: not found yet */
};

struct v2v_extents {
	struct v2v_list list;	 /* of struct v2v_extent */
	const char *create_type; /* a literal */
	uint64_t size;		 /* bytes of the disk */
};

/* Read the descriptor @name; what cannot be read whole, a snapshot's difference
 * and a device are refused. */
int v2v_extents_read(struct v2v *v, const char *name, const char *text,
	size_t size, struct v2v_extents *extents, struct v2v_error *err);
void v2v_extents_clear(struct v2v_extents *extents);
#define CLEANUP_EXTENTS __attribute__((cleanup(v2v_extents_clear)))

/* Find the members, beside the descriptor's own @from.  A disk of more than
 * @max bytes, and bytes that are taken twice, are refused. */
int v2v_extents_find(struct v2v_ova *ova, const struct v2v_ova_member *from,
	uint64_t max, struct v2v_extents *extents, struct v2v_error *err);

/* Put them together into a raw image @file. */
int v2v_extents_join(struct v2v *v, const struct v2v_extents *extents,
	const char *file, struct v2v_error *err);

/* All of that: fill in @disk's file, format and subformat from the descriptor
 * @text of the member @from.  One flat extent is read where it lies; what must
 * be joined goes into *@workdir, which is made where there is none yet. */
int v2v_extents_place(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *text, size_t size,
	uint64_t max, struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err);
#endif
