/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pairing.c and pairing-solve.c share. */
#ifndef V2V_INSPECT_PAIRING_PRIVATE_H
#define V2V_INSPECT_PAIRING_PRIVATE_H

#include "inspect/claims.h"
#include "inspect/pairing.h"

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

/* Tell which claim is whose card's. */
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
