/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds that bring up a network: for their root, its key, or a person who
 * types it from afar. */
#ifndef V2V_LINUX_KERNELS_INITRD_NETWORK_H
#define V2V_LINUX_KERNELS_INITRD_NETWORK_H

#include "initrd/initrd.h"

/* By the programs and hooks in it, or by what its captured configuration
 * says. */
bool v2v_initrd_brings_network(const struct v2v_initrd *initrd);

/* Is there a driver of one of the old hypervisor's cards in it?  Then something
 * in it may use the card, whatever that is. */
bool v2v_initrd_has_old_card(const struct v2v_initrd *initrd);
#endif
