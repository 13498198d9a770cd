/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of Proxmox VE's: keys and values, as qm(1) and its files have them.
 */
#ifndef V2V_META_PROXMOX_H
#define V2V_META_PROXMOX_H

#include "meta/meta.h"

/* One line: "scsi0", "…". */
struct v2v_pve_key {
	char *key, *value;
	/* A volume is made, named before the value (",efitype=4m"): each of the
	 * writer's files has a name of its own for it. */
	bool is_volume;
	const char *import; /* the file that it is made from; NULL: none */
	const char *format; /* of that file, as qemu calls it */
	int64_t size;	    /* of a volume, bytes */
};

struct v2v_pve {
	const struct v2v_machine *machine;
	struct v2v_list keys; /* of struct v2v_pve_key */
	struct v2v_text boot; /* "scsi0;scsi1": what boots in which order */
	size_t used[4];	      /* of the slots of each bus: bits */
};

struct v2v_pve_key *v2v_pve_add(struct v2v_pve *p, const char *key,
	const char *fmt, ...) V2V_PRINTF(3, 4);
void v2v_pve_clear(struct v2v_pve *p);
#define CLEANUP_PVE __attribute__((cleanup(v2v_pve_clear)))

/* Disks and drives, each on a bus that has room for it. */
void v2v_pve_disks(struct v2v *v, struct v2v_pve *p);
/* All but disks. */
void v2v_pve_devices(struct v2v *v, struct v2v_pve *p);
#endif
