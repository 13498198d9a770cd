/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pairing.c, pairing-solve.c and pairing-steps.c share. */
#ifndef V2V_LINUX_NETWORK_PAIRING_PRIVATE_H
#define V2V_LINUX_NETWORK_PAIRING_PRIVATE_H

#include "linux/network/claims.h"
#include "linux/network/pairing.h"

#define V2V_NO_CLAIM SIZE_MAX

/* The work of one pairing. */
struct v2v_pairing {
	const struct v2v_nic *sources;
	const struct v2v_list *interfaces; /* the guest's */
	size_t count;			   /* of NICs */
	struct v2v_list made;	/* of struct v2v_interface: "lan0" of "lan%n" */
	struct v2v_list claims; /* of struct v2v_claim */
	size_t *claim_of; /* by NIC: its claim with a name, or V2V_NO_CLAIM */
	size_t *also_of;  /* by NIC: what finds it without a name; the same */
	size_t *order;	  /* NICs as a kernel on the old machine found them */
	bool any_mac;	  /* the source's MACs are those that the guest knows */
};

/* A way to find a claim's card. */
struct v2v_pairing_step {
	bool (*fits)(const struct v2v_pairing *p, const struct v2v_claim *claim,
		size_t nic);
	bool is_sure; /* not a guess: it says which card */
	bool by_rule; /* ... by what a rule or a .link file compares */
};

/* In the order in which they are tried: by MAC first. */
extern const struct v2v_pairing_step v2v_pairing_steps[];
extern const size_t v2v_pairing_steps_count;

/* May the claim be for any card that is left?  Not where a rule says which. */
bool v2v_pairing_is_anyones(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic);

/* Find the card of each claim. */
void v2v_pairing_solve(struct v2v_pairing *p, const struct v2v_source *source,
	const struct v2v_inspect *inspect);
void v2v_pairing_clear(struct v2v_pairing *p);
#define CLEANUP_PAIRING __attribute__((cleanup(v2v_pairing_clear)))

/* The NIC's by its index: the claim that names it, and that which finds it
 * without a name; or NULL. */
const struct v2v_claim *v2v_pairing_claim_of(
	const struct v2v_pairing *p, size_t nic);
const struct v2v_claim *v2v_pairing_also_of(
	const struct v2v_pairing *p, size_t nic);

/* Has a NIC the claim? */
bool v2v_pairing_is_taken(const struct v2v_pairing *p, size_t claim);
#endif
