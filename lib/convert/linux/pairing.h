/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the guest's interface names belongs to which NIC, and a MAC for
 * each NIC.  Pure functions. */
#ifndef V2V_CONVERT_PAIRING_H
#define V2V_CONVERT_PAIRING_H

#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/source.h"

/*
 * A MAC that stays the same whenever the same machine is converted: 52:54:00,
 * then bytes of SHA-256 over the machine's name, its root filesystem's UUID and
 * the NIC's id.  The caller frees.
 */
char *v2v_pairing_make_mac(
	const char *name, const char *root_uuid, int64_t nic);

/*
 * Fill @nics (of struct v2v_guest_nic), one for each NIC of the source, with
 * its MAC and the interface name that is its: paired by MAC, else by the PCI
 * slot ("ens192" is slot 192), else by order.  A name that no NIC is left for
 * stays without one; so does a NIC that no name is left for (NULL).  A NIC
 * without a MAC gets the one that the guest's configuration of that name asks
 * for, else one of v2v_pairing_make_mac().
 */
void v2v_pairing_make(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics);

/* Does the kernel give the name without udev's help ("eth0")? */
bool v2v_pairing_is_kernel_name(const char *name);
#endif
