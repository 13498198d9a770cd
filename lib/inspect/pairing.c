/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names and MACs to NICs. */
#include "inspect/pairing.h"

#include "inspect/claims.h"
#include "inspect/netread.h"

#include <openssl/evp.h>

/* The prefix that QEMU and libvirt use for MACs that they make up. */
#define MAC_FORMAT "52:54:00:%02x:%02x:%02x"

#define NONE SIZE_MAX

char *v2v_pairing_make_mac(const char *name, const char *root_uuid, int64_t nic)
{
	CLEANUP_FREE char *seed = v2v_format("%s\n%s\n%lld", name,
		root_uuid ? root_uuid : "", (long long)nic);
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(seed, strlen(seed), digest, NULL, EVP_sha256(), NULL))
		abort();
	return v2v_format(MAC_FORMAT, digest[0], digest[1], digest[2]);
}

bool v2v_pairing_is_kernel_name(const char *name, uint64_t *ret_number)
{
	uint64_t number;

	return name && v2v_starts_with(name, "eth") &&
	       v2v_parse_u64(
		       name + strlen("eth"), ret_number ? ret_number : &number);
}

bool v2v_pairing_is_plain_name(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-")];
}

static const char *root_uuid(const struct v2v_inspect *inspect)
{
	const struct v2v_filesystem *fs =
		inspect->root ? v2v_inspect_filesystem(inspect, inspect->root)
			      : NULL;

	return fs ? fs->uuid : NULL;
}

/* The work of one pairing. */
struct pairing {
	const struct v2v_nic *sources;
	const struct v2v_list *interfaces; /* the guest's */
	size_t count;			   /* of NICs */
	struct v2v_list claims;
	size_t *claim_of; /* by NIC: its claim, or NONE */
	size_t *order;	  /* NICs as a kernel on the old machine found them */
	bool any_mac;	  /* the source's MACs are those that the guest knows */
};

static const struct v2v_claim *claim_of(const struct pairing *p, size_t nic)
{
	return p->claim_of[nic] == NONE
		       ? NULL
		       : v2v_items(struct v2v_claim, &p->claims) +
				 p->claim_of[nic];
}

static bool is_taken(const struct pairing *p, size_t claim)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->claim_of[i] == claim)
			return true;
	return false;
}

static bool by_mac(
	const struct pairing *p, const struct v2v_claim *claim, size_t nic)
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
	const struct pairing *p, const struct v2v_claim *claim, size_t nic)
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

static bool by_ordinal(
	const struct pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->ordinal == nic + 1 && p->sources[nic].pci_slot < 0;
}

/* A name that belongs to another card's MAC is not free; where no MAC of the
 * source is known to the guest they are all new ones, and say nothing. */
static bool by_order(
	const struct pairing *p, const struct v2v_claim *claim, size_t nic)
{
	return claim->rank < V2V_NETWORK_NAMES &&
	       (!claim->mac || !p->sources[nic].mac || !p->any_mac);
}

/* vmxnet3 is a PCI Express card, e1000 is not, and the name may say on which
 * bus it was. */
static bool by_order_and_model(
	const struct pairing *p, const struct v2v_claim *claim, size_t nic)
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

static void pair(struct pairing *p,
	bool (*fits)(const struct pairing *, const struct v2v_claim *, size_t))
{
	const struct v2v_claim *claims = p->claims.items;

	for (size_t c = 0; c < p->claims.count; c++)
		for (size_t i = 0; i < p->count && !is_taken(p, c); i++)
			if (p->claim_of[p->order[i]] == NONE &&
				fits(p, &claims[c], p->order[i]))
				p->claim_of[p->order[i]] = c;
}

/* Names that nothing configures, only remembered: the last are the newest. */
static void pair_remembered(struct pairing *p)
{
	const struct v2v_claim *claims = p->claims.items;
	size_t left = 0, skip = 0, i = 0;

	for (size_t c = 0; c < p->claims.count; c++)
		left += !is_taken(p, c) && *claims[c].name &&
			claims[c].rank >= V2V_NETWORK_NAMES;
	for (size_t n = 0; n < p->count; n++)
		skip += p->claim_of[n] == NONE;
	skip = left > skip ? left - skip : 0;
	for (size_t c = 0; c < p->claims.count; c++) {
		if (is_taken(p, c) || !*claims[c].name ||
			claims[c].rank < V2V_NETWORK_NAMES)
			continue;
		if (skip > 0) {
			skip--;
			continue;
		}
		while (i < p->count && p->claim_of[p->order[i]] != NONE)
			i++;
		if (i == p->count)
			return;
		p->claim_of[p->order[i]] = c;
	}
}

/* Where all slots are known the kernel's order is: eth0 need not be the first
 * card of the machine, for VMware's fifth is on the second bridge. */
static void set_order(struct pairing *p)
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

static bool has_mac(const struct v2v_list *nics, const char *mac)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (nic->mac && strcasecmp(nic->mac, mac) == 0)
			return true;
	return false;
}

static void fill(const struct pairing *p, const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics)
{
	struct v2v_guest_nic *guests;

	for (size_t i = 0; i < p->count; i++) {
		const struct v2v_claim *claim = claim_of(p, i);
		struct v2v_guest_nic *guest = v2v_list_add(nics, sizeof *guest);

		guest->nic = p->sources[i].id;
		guest->mac = v2v_strdup(p->sources[i].mac);
		if (claim && *claim->name)
			guest->name = v2v_strdup(claim->name);
	}
	guests = nics->items;
	/* Where the OVF lost the address, the guest still knows it. */
	for (size_t i = 0; i < p->count; i++) {
		const struct v2v_claim *claim = claim_of(p, i);

		if (guests[i].mac)
			continue;
		guests[i].mac =
			claim && claim->mac && !has_mac(nics, claim->mac)
				? v2v_strdup(claim->mac)
				: v2v_pairing_make_mac(source->name,
					  root_uuid(inspect), guests[i].nic);
	}
}

static bool is_known_change(const struct v2v_list *changes, const char *from)
{
	v2v_list_foreach (const struct v2v_mac_change, change, changes)
		if (strcasecmp(change->from, from) == 0)
			return true;
	return false;
}

static void add_changes(const struct pairing *p,
	const struct v2v_inspect *inspect, const struct v2v_list *nics,
	struct v2v_list *changes)
{
	const struct v2v_guest_nic *guests = nics->items;

	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		for (size_t i = 0; i < p->count; i++) {
			const struct v2v_claim *claim = claim_of(p, i);
			struct v2v_mac_change *change;

			if (!claim || !v2v_netread_is_mac(iface->mac) ||
				!v2v_claim_is_about(claim, iface) ||
				has_mac(nics, iface->mac) ||
				is_known_change(changes, iface->mac))
				continue;
			change = v2v_list_add(changes, sizeof *change);
			change->from = v2v_strdup(iface->mac);
			change->to = v2v_strdup(guests[i].mac);
		}
}

void v2v_mac_changes_clear(struct v2v_list *changes)
{
	v2v_list_foreach (struct v2v_mac_change, change, changes) {
		free(change->from);
		free(change->to);
	}
	free(changes->items);
	*changes = (struct v2v_list){ 0 };
}

/* Card N of a machine is ethN until something renames it: a card that is to be
 * ethN stands there, and no other can be in its way. */
static void put_in_order(struct v2v_list *nics)
{
	struct v2v_guest_nic *old = nics->items, *ordered;
	size_t count = nics->count, place = 0;

	if (count == 0)
		return;
	ordered = v2v_alloc(count, sizeof *ordered);
	for (size_t i = 0; i < count; i++) {
		uint64_t n;

		if (v2v_pairing_is_kernel_name(old[i].name, &n) && n < count &&
			!ordered[n].mac) {
			ordered[n] = old[i];
			old[i].mac = NULL;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!old[i].mac)
			continue;
		while (ordered[place].mac)
			place++;
		ordered[place] = old[i];
	}
	free(nics->items);
	nics->items = ordered;
}

static void pairing_clear(struct pairing *p)
{
	free(p->claim_of);
	free(p->order);
	free(p->claims.items);
}

/* Which claim is whose card's. */
static void solve(struct pairing *p, const struct v2v_source *source,
	const struct v2v_inspect *inspect)
{
	p->sources = source->nics.items;
	p->interfaces = &inspect->network;
	p->count = source->nics.count;
	p->claim_of = v2v_alloc(p->count + 1, sizeof *p->claim_of);
	p->order = v2v_alloc(p->count + 1, sizeof *p->order);
	for (size_t i = 0; i < p->count; i++)
		p->claim_of[i] = NONE;
	v2v_claims_make(&inspect->network, &p->claims);
	set_order(p);
	pair(p, by_mac);
	for (size_t i = 0; i < p->count; i++)
		p->any_mac |= p->claim_of[i] != NONE;
	pair(p, by_slot);
	pair(p, by_ordinal);
	pair(p, by_order_and_model);
	pair(p, by_order);
	pair_remembered(p);
}

void v2v_pairing_make(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics,
	struct v2v_list *changes)
{
	__attribute__((cleanup(pairing_clear))) struct pairing p = { 0 };

	solve(&p, source, inspect);
	fill(&p, source, inspect, nics);
	if (changes)
		add_changes(&p, inspect, nics, changes);
	put_in_order(nics);
}

static const char *mac_of(const struct v2v_list *nics, int64_t id)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (nic->nic == id)
			return nic->mac;
	return NULL;
}

void v2v_pairing_places(const struct v2v_source *source,
	const struct v2v_inspect *inspect, const struct v2v_list *nics,
	struct v2v_list *places)
{
	__attribute__((cleanup(pairing_clear))) struct pairing p = { 0 };

	solve(&p, source, inspect);
	for (size_t i = 0; i < p.count; i++) {
		const struct v2v_claim *claim = claim_of(&p, i);
		const char *mac = mac_of(nics, p.sources[i].id);
		struct v2v_net_place *added;
		struct v2v_pci_place place;

		if (!v2v_slot_place(p.sources[i].pci_slot, &place)) {
			if (!claim || !claim->has_place)
				continue;
			place = claim->place;
		}
		if (!mac)
			continue;
		added = v2v_list_add(places, sizeof *added);
		added->path = v2v_slot_path(&place);
		added->mac = mac;
	}
}

void v2v_pairing_places_clear(struct v2v_list *places)
{
	v2v_list_foreach (struct v2v_net_place, place, places)
		free(place->path);
	free(places->items);
	*places = (struct v2v_list){ 0 };
}

bool v2v_pairing_is_lost(
	const struct v2v_list *places, const struct v2v_interface *iface)
{
	if (!iface->path)
		return false;
	v2v_list_foreach (const struct v2v_net_place, place, places)
		if (strcmp(place->path, iface->path) == 0)
			return false;
	return true;
}
