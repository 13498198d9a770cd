/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the disks of a machine lie: in the OVA as they are, or, where they are
 * packed, compressed, in chunks or in several extents, unpacked in the
 * machine's work directory.
 */
#ifndef V2V_UNPACK_PLACE_H
#define V2V_UNPACK_PLACE_H

#include "unpack/ova.h"
#include "unpack/ovf.h"

/* Mark the members that hold the machine's disks as wanted.  @whole: the index
 * is complete, and a member that is not in it is an error. */
int v2v_place_want(struct v2v_ova *ova, const struct v2v_ova_member *descriptor,
	const struct v2v_ovf_machine *machine, bool whole,
	struct v2v_error *err);

/* Fill in each disk's place, after v2v_ova_fetch(); *@ret_workdir is made where
 * something must be unpacked (else it stays NULL), and is the caller's. */
int v2v_place_disks(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	struct v2v_ovf_machine *machine, char **ret_workdir,
	struct v2v_error *err);
#endif
