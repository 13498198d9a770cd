/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest's files together say of each card: one claim a card.  Pure
 * functions over inspect->network. */
#ifndef V2V_LINUX_NETWORK_CLAIMS_H
#define V2V_LINUX_NETWORK_CLAIMS_H

#include "linux/network/network.h"
#include "linux/network/slots.h"

struct v2v_claim {
	const char *name; /* borrowed; "": a card of any name */
	const char *mac;  /* borrowed; NULL; of several the newest */
	const char *path; /* borrowed; NULL */
	const char *original, *driver, *unclear; /* the same */
	const char *where;		/* borrowed: the file of the latter */
	enum v2v_network_rank rank;	/* of the best file that says so */
	enum v2v_network_rank mac_rank; /* of the file that has the MAC */
	bool has_place;			/* path or name say where it was */
	struct v2v_pci_place place;	/* there */
	unsigned ordinal; /* 1: the machine's first card; 0: unknown */
	size_t family;	  /* names that differ in their number only */
	uint64_t number;
	size_t index;	/* equal ones stay in their order */
	size_t renamed; /* its last udev rule's place among all, from 1;
			 * 0: no udev rule gives the name */
	bool has_link;	/* a .link file gives the name */
};

/* Fill @claims, but for udev's own names, in the order in which cards are
 * expected: what is configured before what is only remembered, ens192 before
 * ens224.  Free the items. */
void v2v_claims_make(
	const struct v2v_list *interfaces, struct v2v_list *claims);

/* Does a rule say which card has the name, otherwise than by MAC or place? */
bool v2v_claim_has_rule(const struct v2v_claim *claim);

/* Is the interface about the claim's card? */
bool v2v_claim_is_about(
	const struct v2v_claim *claim, const struct v2v_interface *iface);
#endif
