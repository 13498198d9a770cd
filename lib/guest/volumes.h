/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the guest's disks hold, beneath the filesystems too: disks without
 * partitions, partitions, arrays, opened mappings, logical volumes; each with
 * what blkid(8) says of it.
 */
#ifndef V2V_GUEST_VOLUMES_H
#define V2V_GUEST_VOLUMES_H

#include "guest/guest.h"
#include "model/inspect.h"

struct v2v_volume {
	char *device;			       /* the appliance's name */
	char *type, *version, *label, *uuid;   /* NULL: nothing known on it */
	char *partuuid, *partlabel, *parttype; /* NULL: no partition */
	int64_t offset, size; /* of the partition on its disk, bytes; size 0:
				 no partition */
	char *array_uuid, *array_name;	   /* NULL: no MD array */
	unsigned members, members_present; /* of an MD array */
	bool unreadable; /* listed, but there is no such device: LVM's */
	bool repeated;	 /* an earlier one has the same name: two volume
			    groups of one name */
};

/* Fill the empty list with all of them.  A whole disk with partitions, and an
 * extended partition, are left out. */
int v2v_guest_volumes(struct v2v_guest *guest, struct v2v_list *ret_volumes,
	struct v2v_error *err);
void v2v_volumes_clear(struct v2v_list *volumes);
#define CLEANUP_VOLUMES __attribute__((cleanup(v2v_volumes_clear)))

/* The UUID of what is on the one device, as v2v_volume.uuid; NULL: none, or
 * there is no such device.  The caller frees. */
char *v2v_guest_uuid(struct v2v_guest *guest, const char *device);

/* Does it only carry something else: a member of an array or of LVM, an array
 * with partitions? */
bool v2v_volume_is_member(const struct v2v_volume *volume);

/* Is it a partition of a dynamic disk of Windows (LDM)? */
bool v2v_volume_is_dynamic(const struct v2v_volume *volume);

/* Are these one UUID, written "a:b:c:d" as mdadm does or "a-b-c-d-e" as blkid
 * does?  NULL is not a UUID. */
bool v2v_is_same_uuid(const char *a, const char *b);

/*
 * Fill inspect->filesystems from the volumes that are not members,
 * inspect->partitions from those that are partitions, and inspect->firmware:
 * "uefi" where there is an EFI system partition (GPT, or type 0xEF in an MBR)
 * and no BIOS boot partition.
 */
void v2v_volumes_describe(
	const struct v2v_list *volumes, struct v2v_inspect *inspect);
#endif
