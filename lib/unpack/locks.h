/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine that may be running: its disks change while they are read. */
#ifndef V2V_UNPACK_LOCKS_H
#define V2V_UNPACK_LOCKS_H

#include "unpack/descriptor.h"
#include "unpack/ova.h"

/*
 * "machine-locked" where a file or folder called as the descriptor, or as one
 * of the machine's disks, with @lock (".lck") behind it lies beside it; or one
 * of ESXi's on NFS, ".lck-…", which do not say whose they are.
 */
int v2v_unpack_check_locks(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, const char *lock,
	struct v2v_error *err);
#endif
