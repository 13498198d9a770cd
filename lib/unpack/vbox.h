/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VirtualBox' settings of a machine, x.vbox.  Its disks have UUIDs, which a
 * registry in the same file gives names; a disk beneath another one there is
 * the difference of a snapshot.
 */
#ifndef V2V_UNPACK_VBOX_H
#define V2V_UNPACK_VBOX_H

#include "core/xml-read.h"
#include "unpack/descriptor.h"

extern const struct v2v_descriptor_ops v2v_descriptor_vbox;

/* vbox-drives.c, of <Machine>. */
int v2v_vbox_drives(struct v2v *v, const xmlNode *machine_node,
	struct v2v_descriptor_machine *machine, struct v2v_error *err);
#endif
