/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the guest's interface names belongs to which NIC, and a MAC for
 * each NIC.  Pure functions. */
#ifndef V2V_LINUX_NETWORK_PAIRING_H
#define V2V_LINUX_NETWORK_PAIRING_H

#include "linux/network/netread.h"
#include "linux/network/slots.h"
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

/* The guest's files ask for the MAC @from of a card that now has @to. */
struct v2v_mac_change {
	char *from, *to;
};

/*
 * Fill @nics (of struct v2v_guest_nic), one for each NIC of the source, with
 * its MAC and the interface name that is its: paired by MAC, else by the PCI
 * slot ("ens192" is slot 192), else by what a rule says of the old card, else
 * by order.  A name that no NIC is left for stays without one; so does a NIC
 * that no name is left for (NULL).  A NIC without a MAC gets the one that the
 * guest has for that name, else one of v2v_pairing_make_mac().
 *
 * The NICs come in the order in which the machine must have them: a kernel
 * calls the first card eth0, and two cards cannot swap such names afterwards.
 *
 * Where the guest's files have another MAC for a name than its NIC now has, the
 * pair is added to @changes (of struct v2v_mac_change; may be NULL).
 */
void v2v_pairing_make(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics,
	struct v2v_list *changes);
void v2v_mac_changes_clear(struct v2v_list *changes);
#define CLEANUP_MAC_CHANGES __attribute__((cleanup(v2v_mac_changes_clear)))

/* "0000:0b:00.0" of the old machine's bus was the card that is now @mac. */
struct v2v_net_place {
	char *path;
	const char *mac; /* borrowed */
};

/* Add to @places (of struct v2v_net_place) where the cards of @nics, which
 * v2v_pairing_make() made of the same, were: by their slots, else by what the
 * guest's files or the cards' names say.  The MACs are those of @nics. */
void v2v_pairing_places(const struct v2v_source *source,
	const struct v2v_inspect *inspect, const struct v2v_list *nics,
	struct v2v_list *places);
void v2v_pairing_places_clear(struct v2v_list *places);
#define CLEANUP_PLACES __attribute__((cleanup(v2v_pairing_places_clear)))

/* Is the interface found by a place that no card is known to have been in? */
bool v2v_pairing_is_lost(
	const struct v2v_list *places, const struct v2v_interface *iface);

/* A name whose card is not known, since its rule is not understood. */
struct v2v_unclear {
	char *name;
	const char *where, *key; /* borrowed of the guest's interfaces */
	bool is_lost; /* there are several cards, one of which may have had it
		       */
};

/* Add to @unclear (of struct v2v_unclear) those of them. */
void v2v_pairing_unclear(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *unclear);
void v2v_pairing_unclear_clear(struct v2v_list *unclear);
#define CLEANUP_UNCLEAR __attribute__((cleanup(v2v_pairing_unclear_clear)))

/* Of the names that several NICs have by their order alone, though nothing says
 * that it is the order of the names, the first; the caller's, or NULL. */
char *v2v_pairing_guess(
	const struct v2v_source *source, const struct v2v_inspect *inspect);

/* May it be written into rules and .link files as it is? */
bool v2v_pairing_is_plain_name(const char *name);
#endif
