/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names and MACs to NICs. */
#include "linux/network/pairing-private.h"

#include "core/digest.h"
#include "linux/network/netread.h"

/* The prefix that QEMU and libvirt use for MACs that they make up. */
#define MAC_FORMAT "52:54:00:%02x:%02x:%02x"

char *v2v_pairing_make_mac(const char *name, const char *root_uuid, int64_t nic)
{
	CLEANUP_FREE char *seed = v2v_format("%s\n%s\n%lld", name,
		root_uuid ? root_uuid : "", (long long)nic);
	unsigned char digest[32];

	v2v_digest_of_text(seed, digest);
	return v2v_format(MAC_FORMAT, digest[0], digest[1], digest[2]);
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

static bool has_mac(const struct v2v_list *nics, const char *mac)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (nic->mac && strcasecmp(nic->mac, mac) == 0)
			return true;
	return false;
}

static bool has_name(const struct v2v_list *nics, const char *name)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (v2v_streq(nic->name, name))
			return true;
	return false;
}

/* What no file names is called by its slot where udev does that. */
static void fill_defaults(const struct v2v_pairing *p, struct v2v_list *nics)
{
	struct v2v_guest_nic *guests = nics->items;

	for (size_t i = 0; i < p->count; i++) {
		CLEANUP_FREE char *name = v2v_format(
			"ens%lld", (long long)p->sources[i].pci_slot);

		v2v_list_foreach (
			const struct v2v_interface, iface, p->interfaces)
			if (!guests[i].name && strcmp(iface->name, name) == 0 &&
				v2v_network_rank(iface->where) ==
					V2V_NETWORK_DEFAULT &&
				!has_name(nics, name))
				guests[i].name = v2v_strdup(name);
	}
}

/* What the guest has for the NIC; borrowed, or NULL. */
static const char *mac_of_claims(const struct v2v_pairing *p, size_t nic)
{
	const struct v2v_claim *claim = v2v_pairing_claim_of(p, nic);
	const struct v2v_claim *also = v2v_pairing_also_of(p, nic);

	if (claim && claim->mac)
		return claim->mac;
	return also ? also->mac : NULL;
}

static void fill(const struct v2v_pairing *p, const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics)
{
	struct v2v_guest_nic *guests;

	for (size_t i = 0; i < p->count; i++) {
		const struct v2v_claim *claim = v2v_pairing_claim_of(p, i);
		struct v2v_guest_nic *guest = v2v_list_add(nics, sizeof *guest);

		guest->nic = p->sources[i].id;
		guest->mac = v2v_strdup(p->sources[i].mac);
		if (claim)
			guest->name = v2v_strdup(claim->name);
	}
	fill_defaults(p, nics);
	guests = nics->items;
	/* Where the OVF lost the address, the guest still knows it. */
	for (size_t i = 0; i < p->count; i++) {
		const char *mac = mac_of_claims(p, i);

		if (guests[i].mac)
			continue;
		guests[i].mac =
			mac && !has_mac(nics, mac)
				? v2v_strdup(mac)
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

static bool is_about(const struct v2v_pairing *p, size_t nic,
	const struct v2v_interface *iface)
{
	const struct v2v_claim *claim = v2v_pairing_claim_of(p, nic);
	const struct v2v_claim *also = v2v_pairing_also_of(p, nic);

	return (claim && v2v_claim_is_about(claim, iface)) ||
	       (also && v2v_claim_is_about(also, iface));
}

static void add_changes(const struct v2v_pairing *p,
	const struct v2v_inspect *inspect, const struct v2v_list *nics,
	struct v2v_list *changes)
{
	const struct v2v_guest_nic *guests = nics->items;

	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		for (size_t i = 0; i < p->count; i++) {
			struct v2v_mac_change *change;

			if (!v2v_netread_is_mac(iface->mac) ||
				!is_about(p, i, iface) ||
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
 * ethN is there, and no other can be in its way. */
static void put_in_order(struct v2v_list *nics)
{
	struct v2v_guest_nic *old = nics->items;
	CLEANUP_FREE struct v2v_guest_nic *ordered = NULL;
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
	memcpy(old, ordered, count * sizeof *old);
}

void v2v_pairing_make(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics,
	struct v2v_list *changes)
{
	struct v2v_pairing p CLEANUP_PAIRING = { 0 };

	v2v_pairing_solve(&p, source, inspect);
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
	struct v2v_pairing p CLEANUP_PAIRING = { 0 };

	v2v_pairing_solve(&p, source, inspect);
	for (size_t i = 0; i < p.count; i++) {
		const struct v2v_claim *claim = v2v_pairing_claim_of(&p, i);
		const struct v2v_claim *also = v2v_pairing_also_of(&p, i);
		const char *mac = mac_of(nics, p.sources[i].id);
		struct v2v_net_place *added;
		struct v2v_pci_place place;

		if (!v2v_slot_place(p.sources[i].pci_slot, &place)) {
			if (!claim || !claim->has_place)
				claim = also;
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
	/* What is only remembered configures nothing. */
	if (!iface->path || (iface->where && v2v_network_rank(iface->where) ==
						     V2V_NETWORK_LEASES))
		return false;
	v2v_list_foreach (const struct v2v_net_place, place, places)
		if (strcmp(place->path, iface->path) == 0)
			return false;
	return true;
}

/* What it is that is not understood of a claim that no card has; NULL: nothing.
 * A single card is the one, whatever the rule says. */
static const char *unclear_key(const struct v2v_pairing *p, size_t c)
{
	const struct v2v_claim *claim =
		v2v_items(struct v2v_claim, &p->claims) + c;

	if (claim->unclear && !claim->path &&
		(p->count == 1 ? !claim->mac : !v2v_pairing_is_taken(p, c)))
		return claim->unclear;
	if (!claim->driver || claim->original || v2v_pairing_is_taken(p, c))
		return NULL;
	/* Which card had such a driver, the source does not say. */
	for (size_t i = 0; i < p->count; i++)
		if (!p->sources[i].model && !v2v_pairing_claim_of(p, i))
			return "driver";
	return NULL;
}

void v2v_pairing_unclear(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *unclear)
{
	struct v2v_pairing p CLEANUP_PAIRING = { 0 };
	bool is_lost = false;

	v2v_pairing_solve(&p, source, inspect);
	for (size_t i = 0; i < p.count; i++)
		is_lost |= p.count > 1 && !v2v_pairing_claim_of(&p, i);
	for (size_t c = 0; c < p.claims.count; c++) {
		const struct v2v_claim *claim =
			v2v_items(struct v2v_claim, &p.claims) + c;
		const char *key = unclear_key(&p, c);
		struct v2v_unclear *found;

		if (!key)
			continue;
		found = v2v_list_add(unclear, sizeof *found);
		found->name = v2v_strdup(claim->name);
		found->where = claim->where;
		found->key = key;
		found->is_lost = is_lost;
	}
}

void v2v_pairing_unclear_clear(struct v2v_list *unclear)
{
	v2v_list_foreach (struct v2v_unclear, one, unclear)
		free(one->name);
	free(unclear->items);
	*unclear = (struct v2v_list){ 0 };
}
