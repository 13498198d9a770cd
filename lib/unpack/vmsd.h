/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMware's list of a machine's snapshots, x.vmsd beside x.vmx: the grammar is
 * that of the latter. */
#ifndef V2V_UNPACK_VMSD_H
#define V2V_UNPACK_VMSD_H

#include "unpack/descriptor.h"
#include "unpack/ova.h"

/*
 * Give the disks of @machine, whose VMX is @descriptor, the files that they had
 * at the snapshot @wanted, its name or its ID.  Where there is none, the error
 * "no-snapshot" says which there are.  A disk that has no part in it (an
 * independent one) keeps its file, with a warning.
 */
int v2v_vmsd_choose(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *wanted,
	struct v2v_descriptor_machine *machine, struct v2v_error *err);
#endif
