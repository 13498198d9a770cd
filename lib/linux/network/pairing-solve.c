/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which claim is whose card's: by what tells most first. */
#include "inspect/pairing-private.h"

#include "inspect/netmatch.h"
#include "inspect/netread.h"

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

static bool by_mac(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	const char *mac = p->sources[nic].mac;

	v2v_list_foreach (const struct v2v_interface, iface, p->interfaces)
		if (mac && iface->mac && strcasecmp(iface->mac, mac) == 0 &&
			v2v_claim_is_about(claim, iface))
			return true;
	return false;
}

/* systemd.net-naming-scheme(7): ens192 is the card in hotplug slot 192. */
static bool by_slot(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	int64_t slot = p->sources[nic].pci_slot;
	CLEANUP_FREE char *name = v2v_format("ens%lld", (long long)slot);
	struct v2v_pci_place place;

	if (slot < 0)
		return false;
	return strcmp(claim->name, name) == 0 ||
	       (claim->has_place && v2v_slot_place(slot, &place) &&
		       v2v_slot_compare(&claim->place, &place) == 0);
}

/* Files and rules for a place hold before what a name says of one: ens192 may
 * be left from the time before the rule. */
static bool by_place(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->path && by_slot(p, claim, nic);
}

static bool by_ordinal(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->ordinal == nic + 1 && p->sources[nic].pci_slot < 0;
}

/* OriginalName= and KERNEL==: eth1 was the second that the kernel found. */
static bool by_original(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	uint64_t n;

	return !claim->unclear &&
	       v2v_pairing_is_kernel_name(claim->original, &n) &&
	       n < p->count && p->order[n] == nic &&
	       (!claim->driver || v2v_netmatch_drives(claim->driver,
					  p->sources[nic].model));
}

/* Of several cards of one driver the first gets the name.  Where the OVF tells
 * no models it is known of a single card only. */
static bool by_driver(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->driver && !claim->original && !claim->unclear &&
	       (p->sources[nic].model || p->count == 1) &&
	       v2v_netmatch_drives(claim->driver, p->sources[nic].model);
}

/* May it be any card's that is left?  Not where a rule says whose it is. */
static bool is_anyones(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	struct v2v_pci_place place;

	if ((claim->path || claim->rank == V2V_NETWORK_LEASES) &&
		claim->has_place &&
		v2v_slot_place(p->sources[nic].pci_slot, &place))
		return false;
	return claim->path || !v2v_claim_has_rule(claim) ||
	       (claim->unclear && p->count == 1);
}

/* A name that belongs to another card's MAC is not free; where no MAC of the
 * source is known to the guest they are all new ones, and say nothing. */
static bool by_order(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->rank < V2V_NETWORK_NAMES && is_anyones(p, claim, nic) &&
	       (!claim->mac || !p->sources[nic].mac || !p->any_mac);
}

/* vmxnet3 is a PCI Express card, e1000 is not, and the name may say on which
 * bus it was. */
static bool by_order_and_model(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	static const char *const express[] = { "vmxnet3", "e1000e" };
	const char *model = p->sources[nic].model;
	bool is_express = false;

	if (!by_order(p, claim, nic))
		return false;
	for (size_t i = 0; i < sizeof express / sizeof express[0]; i++)
		is_express |= v2v_streq(model, express[i]);
	return !claim->has_place || !model ||
	       is_express == v2v_slot_is_express(&claim->place);
}

/* Places of cards whose slots are not known, as rules have them. */
static bool by_order_of_places(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->path && by_order_and_model(p, claim, nic);
}

/* The kernel's names go by its order, where no MAC says otherwise. */
static bool is_in_order(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	uint64_t n;

	return claim->mac || !v2v_pairing_is_kernel_name(claim->name, &n) ||
	       n >= p->count || p->order[n] == nic;
}

static bool by_kernel_and_model(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return is_in_order(p, claim, nic) && by_order_and_model(p, claim, nic);
}

static bool by_kernel(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return is_in_order(p, claim, nic) && by_order(p, claim, nic);
}

/* A way to tell a claim's card. */
struct step {
	bool (*fits)(const struct v2v_pairing *p, const struct v2v_claim *claim,
		size_t nic);
	bool is_sure; /* it tells the one, and is no guess */
};

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
static void pair_one(struct v2v_pairing *p, size_t c, const struct step *step)
{
	const struct v2v_claim *claim = claim_at(p, c);
	size_t *of = *claim->name ? p->claim_of : p->also_of;

	for (size_t i = 0; i < p->count && !v2v_pairing_is_taken(p, c); i++)
		if (is_free(p, claim, p->order[i], step->is_sure) &&
			step->fits(p, claim, p->order[i]))
			of[p->order[i]] = c;
}

static void pair(struct v2v_pairing *p, const struct step *step)
{
	for (size_t c = 0; c < p->claims.count; c++)
		pair_one(p, c, step);
}

static bool is_remembered(const struct v2v_pairing *p, size_t c)
{
	const struct v2v_claim *claim =
		v2v_items(struct v2v_claim, &p->claims) + c;

	return !v2v_pairing_is_taken(p, c) && *claim->name &&
	       claim->rank >= V2V_NETWORK_NAMES &&
	       (claim->path || is_anyones(p, claim, 0));
}

/* Names that nothing configures, only remembered: the last are the newest. */
static void pair_remembered(struct v2v_pairing *p)
{
	static const struct step step = { is_anyones, false };
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

/* The name that @rule gives the kernel's card @number. */
static void make_name(struct v2v_pairing *p, const struct v2v_interface *rule,
	uint64_t number)
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
}

/* A rule for "lan%n" names each of the machine's cards, and those that only the
 * configuration still knows. */
static void make_names(struct v2v_pairing *p)
{
	v2v_list_foreach (const struct v2v_interface, rule, p->interfaces) {
		const char *end = v2v_netmatch_number(rule->name);

		for (size_t i = 0; end && i < p->count; i++)
			make_name(p, rule, i);
		v2v_list_foreach (
			const struct v2v_interface, iface, p->interfaces) {
			uint64_t n;

			if (end &&
				v2v_netmatch_gives(rule->name, iface->name) &&
				v2v_parse_u64(
					iface->name + (end - rule->name), &n))
				make_name(p, rule, n);
		}
	}
}

/* Claims of what the guest has and of what was made of it. */
static void make_claims(struct v2v_pairing *p)
{
	struct v2v_list all = { 0 };

	make_names(p);
	v2v_list_foreach (const struct v2v_interface, iface, p->interfaces)
		*(struct v2v_interface *)v2v_list_add(&all, sizeof *iface) =
			*iface;
	v2v_list_foreach (const struct v2v_interface, iface, &p->made)
		*(struct v2v_interface *)v2v_list_add(&all, sizeof *iface) =
			*iface;
	v2v_claims_make(&all, &p->claims);
	free(all.items);
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
	static const struct step steps[] = {
		{ by_mac, true },
		{ by_place, true },
		{ by_order_of_places, false },
		{ by_original, true },
		{ by_driver, true },
		{ by_slot, true },
		{ by_ordinal, true },
		{ by_kernel_and_model, false },
		{ by_kernel, false },
		{ by_order, false },
	};

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
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		pair(p, &steps[i]);
		if (i == 0)
			p->any_mac = has_any(p);
	}
	pair_remembered(p);
}
