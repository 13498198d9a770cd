/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where each disk and removable of the new machine is plugged in.
 *
 * A converted guest (with guestcaps) has all its fixed disks on block_bus.
 * A guest that nobody converted keeps the controllers it had: scsi, sata, ide;
 * nvme becomes sata, virtio virtio-blk; where none is known sata on UEFI, else
 * ide.  The disks of a BSD are on sata, unless its files name them by the
 * controller's driver (the finding "bsd-disk-name").  A q35 has no ide, it is
 * sata there; the machine "virt" has neither, they are virtio-scsi.  What has
 * no place among the four of ide goes to sata. The disks come first, in the
 * source's order, without gaps.
 *
 * A cdrom goes on the bus that every guest can boot from: ide, or as above; but
 * where nobody converted, it too keeps its controller.  It gets the slot it had
 * where that is free, those that wish one first, else the next free one.  A
 * floppy goes on "floppy"; a machine "virt" has none, it is left out.
 */
#ifndef V2V_MODEL_ASSIGN_H
#define V2V_MODEL_ASSIGN_H

#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/source.h"

/* No bus has a slot of this number or above. */
#define V2V_MAX_SLOTS 256

/* "uefi" or "bios": what the source says, else what was found on the disks
 * (@inspect may be NULL), else bios. */
const char *v2v_assign_firmware(
	const struct v2v_source *source, const struct v2v_inspect *inspect);

/* "q35", "pc" or "virt": the guestcaps' (may be NULL); else q35 for a UEFI
 * guest (secure boot needs it) and pc, which is nearest to a VMware machine. */
const char *v2v_assign_machine(
	const struct v2v_guestcaps *caps, const char *firmware);

/*
 * Set bus, slot and dev of every disk in @targets (of struct v2v_target), where
 * a disk that is not there yet is added, and fill the empty @slots (of struct
 * v2v_removable_slot).  @caps may be NULL: nobody converted; @inspect too:
 * nobody inspected.  Fails where a bus has no more room.
 */
int v2v_assign(const struct v2v_source *source,
	const struct v2v_guestcaps *caps, const struct v2v_inspect *inspect,
	struct v2v_list *targets, struct v2v_list *slots,
	struct v2v_error *err);

/* How a disk on @bus is called in the guest: "vd", "sd", "hd", "fd". */
const char *v2v_assign_prefix(const char *bus);

/* How many devices the bus has room for; 0: unknown. */
size_t v2v_assign_slots(const char *bus);
#endif
