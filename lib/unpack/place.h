/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the disks of a machine lie: in the OVA as they are, or, where they are
 * packed, compressed, in chunks or in several extents, unpacked in the
 * machine's work directory.
 */
#ifndef V2V_UNPACK_PLACE_H
#define V2V_UNPACK_PLACE_H

#include "core/workdir.h"
#include "unpack/descriptor.h"
#include "unpack/ova.h"

/* Add the names that members with the machine's disks may have; with them
 * v2v_place_see() marks a member that is one as wanted. */
void v2v_place_names(const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, json_t *names);
void v2v_place_see(const json_t *names, struct v2v_ova_member *member);

/* When the index is complete: mark the members that hold the machine's disks as
 * wanted; one that is not there is an error.  *@used counts them, those of all
 * the OVA's machines, which have a limit. */
int v2v_place_want(struct v2v_ova *ova, const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, size_t *used,
	struct v2v_error *err);

/* Fail where two disks of a machine are one file, which only OVF may say:
 * foreign names can mean the same one. */
int v2v_place_check_twice(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, struct v2v_error *err);

/* Whether the disk has its bytes in one member, borrowed, as it is; NULL: it is
 * not there, or in pieces. */
const struct v2v_ova_member *v2v_place_find(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said);

/* Fill in each disk's place, after v2v_ova_fetch(); *@ret_workdir is made where
 * something must be unpacked (else it stays empty), and is the caller's. */
int v2v_place_disks(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	struct v2v_descriptor_machine *machine, struct v2v_workdir *ret_workdir,
	struct v2v_error *err);
#endif
