/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VMDK's descriptor that the user names, its extents beside it. */
#ifndef V2V_UNPACK_DESCRIBED_H
#define V2V_UNPACK_DESCRIBED_H

#include "core/workdir.h"
#include "model/source.h"

/*
 * Where @file (absolute, canonical) is a VMDK's descriptor, fill in the place,
 * the format and the size of @disk, whose id is known; returns 1.  0 where it
 * is not a descriptor.  Extents must be regular files in the same directory, no
 * links; what must be joined goes into *@workdir, which is made where it is
 * NULL.
 */
int v2v_unpack_described(struct v2v *v, const char *file, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err);
#endif
