/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where VMware puts a card, and what Linux calls it there.  A pciSlotNumber
 * packs device (5 bits), bridge (5 bits) and the bridge's function:
 *
 *   32, 33, …         the PCI bridge, bus 2:      ens32 enp2s0 eno16777728
 *   160 192 224 256   PCIe bridges, bus 3 11 19 27: ens192 enp11s0
 *   1184 1216 …       their second functions, bus 4 12 …: ens1216 enp12s0
 *
 * The firmware's number of the card on the board, which older guests have in
 * their names (eno16780032), packs (ordinal of the card, bus, device).
 */
#ifndef V2V_LINUX_NETWORK_SLOTS_H
#define V2V_LINUX_NETWORK_SLOTS_H

#include "core/mem.h"

struct v2v_pci_place {
	unsigned bus, device;
};

/* Where the card of a slot is; false where the number is not one of VMware's.
 */
bool v2v_slot_place(int64_t slot, struct v2v_pci_place *ret);

/* Where a card of that name was on VMware; false where the name does not say.
 * *@ret_ordinal is 1 for the machine's first card, 0 where it is unknown. */
bool v2v_slot_of_name(
	const char *name, struct v2v_pci_place *ret, unsigned *ret_ordinal);

/* Where "0000:0b:00.0" is, the last such in @text: "pci-0000:0b:00.0" of udev,
 * a path of sysfs, "pci-0000:0b:*"; false where there is none. */
bool v2v_slot_of_path(const char *text, struct v2v_pci_place *ret);

/* "0000:0b:00.0", the caller's. */
char *v2v_slot_path(const struct v2v_pci_place *place);

/* The slot again: VMware gives its cards slots in rising order. */
unsigned v2v_slot_number(const struct v2v_pci_place *place);

/* Was it on a PCI Express bridge, as vmxnet3 and e1000e are?  Else on the old
 * bus, as e1000 is. */
bool v2v_slot_is_express(const struct v2v_pci_place *place);

/* The order in which a kernel finds them: < 0, 0, > 0. */
int v2v_slot_compare(
	const struct v2v_pci_place *a, const struct v2v_pci_place *b);
#endif
