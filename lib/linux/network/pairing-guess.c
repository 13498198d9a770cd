/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which pairs are guesses. */
#include "linux/network/pairing-private.h"

static bool is_sure(const struct v2v_pairing *p, size_t nic)
{
	const struct v2v_claim *claim = v2v_pairing_claim_of(p, nic);
	uint64_t number;

	/* What has a place or a number goes in that order. */
	if (!claim || claim->has_place ||
		v2v_pairing_is_kernel_name(claim->name, &number))
		return true;
	for (size_t i = 0; i < v2v_pairing_steps_count; i++)
		if (v2v_pairing_steps[i].is_sure &&
			v2v_pairing_steps[i].fits(p, claim, nic))
			return true;
	return false;
}

/* A single card that is left over is the one. */
char *v2v_pairing_guess(
	const struct v2v_source *source, const struct v2v_inspect *inspect)
{
	struct v2v_pairing p CLEANUP_PAIRING = { 0 };
	const char *first = NULL;
	size_t count = 0;

	v2v_pairing_solve(&p, source, inspect);
	for (size_t i = 0; i < p.count; i++) {
		if (is_sure(&p, i))
			continue;
		count++;
		if (!first)
			first = v2v_pairing_claim_of(&p, i)->name;
	}
	return count > 1 ? v2v_strdup(first) : NULL;
}
