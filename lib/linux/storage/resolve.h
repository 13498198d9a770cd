/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of the appliance's devices a name in the guest's files means: UUID=,
 * LABEL=, PARTUUID=, PARTLABEL= and their links below /dev/disk, the old
 * hypervisor's disks, logical volumes, mappings of crypttab, arrays.
 */
#ifndef V2V_LINUX_STORAGE_RESOLVE_H
#define V2V_LINUX_STORAGE_RESOLVE_H

#include "guest/volumes.h"
#include "model/source.h"

struct v2v_volume_names {
	const struct v2v_list *volumes;	   /* of struct v2v_volume; borrowed */
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed */
	const char *crypttab;		   /* texts; NULL: there is none */
	const char *mdadm_conf;
	const char *root; /* what fstab calls inspect->root; NULL */
};

/* The volume that @name means, borrowed from names->volumes, or NULL. */
const struct v2v_volume *v2v_resolve(
	const struct v2v_volume_names *names, const char *name);
#endif
