/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which claim is whose card's: by what tells most first. */
#include "linux/network/pairing-private.h"

#include "linux/network/netmatch.h"
#include "linux/network/netread.h"

static const struct v2v_claim *claim_at(
	const struct v2v_pairing *p, size_t claim)
{
	return claim == V2V_NO_CLAIM
		       ? NULL
		       : v2v_items(struct v2v_claim, &p->claims) + claim;
}

const struct v2v_claim *v2v_pairing_claim_of(
	const struct v2v_pairing *p, size_t nic)
{
	return claim_at(p, p->claim_of[nic]);
}

const struct v2v_claim *v2v_pairing_also_of(
	const struct v2v_pairing *p, size_t nic)
{
	return claim_at(p, p->also_of[nic]);
}

bool v2v_pairing_is_taken(const struct v2v_pairing *p, size_t claim)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->claim_of[i] == claim || p->also_of[i] == claim)
			return true;
	return false;
}

/* Can both be of one card? */
static bool agree(const struct v2v_claim *a, const struct v2v_claim *b)
{
	return !a || !b || !a->mac || !b->mac ||
	       strcasecmp(a->mac, b->mac) == 0;
}

/* May a card that is found by its MAC or place besides have the name?  Only
 * where it is sure that it is the one. */
static bool is_free(const struct v2v_pairing *p, const struct v2v_claim *claim,
	size_t nic, bool is_sure)
{
	const struct v2v_claim *named = v2v_pairing_claim_of(p, nic);
	const struct v2v_claim *also = v2v_pairing_also_of(p, nic);

	if (*claim->name ? named != NULL : also != NULL)
		return false;
	return (!named && !also) ||
	       (is_sure && agree(claim, named ? named : also));
}

/* Give the claim to the first card that fits. */
static void pair_one(
	struct v2v_pairing *p, size_t c, const struct v2v_pairing_step *step)
{
	const struct v2v_claim *claim = claim_at(p, c);
	size_t *of = *claim->name ? p->claim_of : p->also_of;

	for (size_t i = 0; i < p->count && !v2v_pairing_is_taken(p, c); i++)
		if (is_free(p, claim, p->order[i], step->is_sure) &&
			step->fits(p, claim, p->order[i]))
			of[p->order[i]] = c;
}

/* What configures nothing and gives no name takes no card that something else
 * is for: hwcfg of SUSE. */
static bool is_hint(const struct v2v_claim *claim)
{
	return !*claim->name && claim->rank == V2V_NETWORK_LEASES;
}

static void pair(struct v2v_pairing *p, const struct v2v_pairing_step *step)
{
	for (size_t c = 0; c < p->claims.count; c++)
		if (!is_hint(claim_at(p, c)))
			pair_one(p, c, step);
}

static bool is_remembered(const struct v2v_pairing *p, size_t c)
{
	const struct v2v_claim *claim =
		v2v_items(struct v2v_claim, &p->claims) + c;

	return !v2v_pairing_is_taken(p, c) && *claim->name &&
	       claim->rank >= V2V_NETWORK_NAMES &&
	       (claim->path || v2v_pairing_is_anyones(p, claim, 0));
}

/* Names that nothing configures, only remembered: the last are the newest. */
static void pair_remembered(struct v2v_pairing *p)
{
	static const struct v2v_pairing_step step = { v2v_pairing_is_anyones,
		false, false };
	size_t left = 0, skip = 0;

	for (size_t c = 0; c < p->claims.count; c++)
		left += is_remembered(p, c);
	for (size_t n = 0; n < p->count; n++)
		skip += p->claim_of[n] == V2V_NO_CLAIM &&
			p->also_of[n] == V2V_NO_CLAIM;
	skip = left > skip ? left - skip : 0;
	for (size_t c = 0; c < p->claims.count; c++) {
		if (!is_remembered(p, c))
			continue;
		if (skip > 0)
			skip--;
		else
			pair_one(p, c, &step);
	}
}

/* The only address that is remembered is that of the only card without one of
 * which nothing else is known. */
static void pair_hint(struct v2v_pairing *p)
{
	size_t nic = p->count, nics = 0, hint = 0, hints = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->sources[i].mac || v2v_pairing_also_of(p, i) ||
			(v2v_pairing_claim_of(p, i) &&
				v2v_pairing_claim_of(p, i)->mac))
			continue;
		nic = i;
		nics++;
	}
	for (size_t c = 0; c < p->claims.count; c++) {
		if (!is_hint(claim_at(p, c)) || !claim_at(p, c)->mac)
			continue;
		hint = c;
		hints++;
	}
	if (nics == 1 && hints == 1)
		p->also_of[nic] = hint;
}

/* Where all slots are known the kernel's order is: eth0 need not be the first
 * card of the machine, for VMware's fifth is on the second bridge. */
static void set_order(struct v2v_pairing *p)
{
	bool known = true;

	for (size_t i = 0; i < p->count; i++) {
		struct v2v_pci_place place, other;
		size_t k = i;

		p->order[i] = i;
		known = known && v2v_slot_place(p->sources[i].pci_slot, &place);
		for (; known && k > 0; k--) {
			v2v_slot_place(
				p->sources[p->order[k - 1]].pci_slot, &other);
			if (v2v_slot_compare(&other, &place) <= 0)
				break;
			p->order[k] = p->order[k - 1];
		}
		p->order[k] = i;
	}
	for (size_t i = 0; !known && i < p->count; i++)
		p->order[i] = i;
}

void v2v_pairing_clear(struct v2v_pairing *p)
{
	v2v_list_foreach (struct v2v_interface, made, &p->made) {
		free(made->name);
		free(made->original);
	}
	free(p->made.items);
	free(p->claim_of);
	free(p->also_of);
	free(p->order);
	free(p->claims.items);
}

static void add_copy(struct v2v_list *list, const struct v2v_interface *iface)
{
	*(struct v2v_interface *)v2v_list_add(list, sizeof *iface) = *iface;
}

/* The name that @rule gives the kernel's card @number, added to @all too. */
static void make_name(struct v2v_pairing *p, const struct v2v_interface *rule,
	uint64_t number, struct v2v_list *all)
{
	CLEANUP_FREE char *original =
		v2v_format("eth%llu", (unsigned long long)number);
	const char *end = v2v_netmatch_number(rule->name);
	struct v2v_interface *made;

	if (p->made.count >= V2V_NETREAD_MAX ||
		(rule->original && strcmp(rule->original, original) != 0))
		return;
	made = v2v_list_add(&p->made, sizeof *made);
	*made = *rule;
	made->addresses = (struct v2v_list){ 0 };
	made->original = v2v_take(original);
	made->name = v2v_format("%.*s%llu", (int)(end - rule->name), rule->name,
		(unsigned long long)number);
	add_copy(all, made);
}

/* A rule for "lan%n" names each of the machine's cards, and those that only the
 * configuration still knows. */
static void make_names(struct v2v_pairing *p, const struct v2v_interface *rule,
	struct v2v_list *all)
{
	const char *end = v2v_netmatch_number(rule->name);

	if (!end)
		return;
	for (size_t i = 0; i < p->count; i++)
		make_name(p, rule, i, all);
	v2v_list_foreach (const struct v2v_interface, iface, p->interfaces) {
		uint64_t n;

		if (v2v_netmatch_gives(rule->name, iface->name) &&
			v2v_parse_u64(iface->name + (end - rule->name), &n))
			make_name(p, rule, n, all);
	}
}

/* Claims of what the guest has and, behind each rule, of what it makes. */
static void make_claims(struct v2v_pairing *p)
{
	struct v2v_list all = { 0 };

	v2v_list_foreach (const struct v2v_interface, iface, p->interfaces) {
		add_copy(&all, iface);
		make_names(p, iface, &all);
	}
	v2v_claims_make(&all, &p->claims);
	free(all.items);
}

/* Does the file that gives the name compare with something of the card? */
static bool fits_by_rule(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	for (size_t i = 0; i < v2v_pairing_steps_count; i++)
		if (v2v_pairing_steps[i].by_rule &&
			v2v_pairing_steps[i].fits(p, claim, nic))
			return true;
	return false;
}

static bool is_linked(const struct v2v_pairing *p, size_t nic)
{
	v2v_list_foreach (const struct v2v_claim, claim, &p->claims)
		if (claim->has_link && !claim->renamed &&
			fits_by_rule(p, claim, nic))
			return true;
	return false;
}

/* Where a udev rule and a .link file name one card, the rule holds:
 * 80-net-setup-link.rules takes the .link file's name if no rule has set one
 * (NAME==""), and a rule behind it replaces that.  Of rules the last holds. */
static void pair_renamed(struct v2v_pairing *p)
{
	for (size_t i = 0; i < p->count; i++) {
		size_t nic = p->order[i], best = V2V_NO_CLAIM;

		for (size_t c = 0; c < p->claims.count; c++) {
			const struct v2v_claim *claim = claim_at(p, c);

			if (claim->renamed && !v2v_pairing_is_taken(p, c) &&
				fits_by_rule(p, claim, nic) &&
				(best == V2V_NO_CLAIM ||
					claim->renamed >
						claim_at(p, best)->renamed))
				best = c;
		}
		if (is_linked(p, nic))
			p->claim_of[nic] = best;
	}
}

/* Has any card a claim, as the first step tells them? */
static bool has_any(const struct v2v_pairing *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (v2v_pairing_claim_of(p, i) || v2v_pairing_also_of(p, i))
			return true;
	return false;
}

void v2v_pairing_solve(struct v2v_pairing *p, const struct v2v_source *source,
	const struct v2v_inspect *inspect)
{
	p->sources = source->nics.items;
	p->interfaces = &inspect->network;
	p->count = source->nics.count;
	p->claim_of = v2v_alloc(p->count + 1, sizeof *p->claim_of);
	p->also_of = v2v_alloc(p->count + 1, sizeof *p->also_of);
	p->order = v2v_alloc(p->count + 1, sizeof *p->order);
	for (size_t i = 0; i < p->count; i++)
		p->claim_of[i] = p->also_of[i] = V2V_NO_CLAIM;
	make_claims(p);
	set_order(p);
	pair_renamed(p);
	for (size_t i = 0; i < v2v_pairing_steps_count; i++) {
		pair(p, &v2v_pairing_steps[i]);
		if (i == 0)
			p->any_mac = has_any(p);
	}
	pair_remembered(p);
	pair_hint(p);
}
