/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One claim a card, of what all files say of it. */
#include "linux/network/claims.h"

#include "linux/network/netmatch.h"
#include "linux/network/netread.h"

#include <ctype.h>

static bool same_mac(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

static bool same_path(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool v2v_claim_is_about(
	const struct v2v_claim *claim, const struct v2v_interface *iface)
{
	if (*claim->name && *iface->name)
		return strcmp(claim->name, iface->name) == 0;
	return same_mac(claim->mac, iface->mac) ||
	       same_path(claim->path, iface->path);
}

bool v2v_claim_has_rule(const struct v2v_claim *claim)
{
	return claim->original || claim->driver || claim->unclear;
}

/* The first file that tells how the card is found. */
static void set_rule(struct v2v_claim *claim, const struct v2v_interface *iface)
{
	if (v2v_claim_has_rule(claim))
		return;
	claim->original = iface->original;
	claim->driver = iface->driver;
	claim->unclear = iface->unclear;
	claim->where = iface->where;
}

/* Who gives the name: the @place-th of the guest's files. */
static void set_namer(struct v2v_claim *claim,
	const struct v2v_interface *iface, size_t place)
{
	if (v2v_starts_with(iface->where, "/etc/udev/"))
		claim->renamed = place;
	claim->has_link |= v2v_ends_with(iface->where, ".link");
}

static struct v2v_claim *add(struct v2v_list *claims,
	const struct v2v_interface *iface, enum v2v_network_rank rank)
{
	const char *mac = v2v_netread_is_mac(iface->mac) ? iface->mac : NULL;
	struct v2v_claim *claim;

	v2v_list_foreach (struct v2v_claim, known, claims) {
		if (!v2v_claim_is_about(known, iface))
			continue;
		if (!*known->name)
			known->name = iface->name;
		if (!known->path)
			known->path = iface->path;
		set_rule(known, iface);
		/* udev adds a rule for each new card of a name. */
		if (!known->mac || (mac && known->mac_rank == rank &&
					   rank == V2V_NETWORK_NAMES)) {
			known->mac = mac;
			known->mac_rank = rank;
		}
		return known;
	}
	if (v2v_netmatch_number(iface->name) ||
		(!*iface->name && !mac && !iface->path))
		return NULL;
	claim = v2v_list_add(claims, sizeof *claim);
	claim->name = iface->name;
	claim->mac = mac;
	claim->path = iface->path;
	claim->rank = rank;
	claim->mac_rank = rank;
	set_rule(claim, iface);
	return claim;
}

static void add_all(const struct v2v_list *interfaces,
	enum v2v_network_rank rank, struct v2v_list *claims)
{
	size_t place = 0;

	v2v_list_foreach (const struct v2v_interface, iface, interfaces) {
		struct v2v_claim *claim = v2v_network_rank(iface->where) == rank
						  ? add(claims, iface, rank)
						  : NULL;

		place++;
		if (claim && *claim->name)
			set_namer(claim, iface, place);
	}
}

/* "ens" of "ens192": names of one family are ordered by their numbers; those
 * whose places are known otherwise, by these. */
static bool is_one_family(const struct v2v_claim *a, const struct v2v_claim *b)
{
	size_t n = strcspn(a->name, "0123456789");

	if (a->path || b->path)
		return a->path && b->path;
	return strcspn(b->name, "0123456789") == n &&
	       strncmp(a->name, b->name, n) == 0;
}

static void set_number(struct v2v_claim *claim)
{
	const char *digits = claim->name + strlen(claim->name);
	unsigned ordinal;

	claim->has_place =
		v2v_slot_of_name(claim->name, &claim->place, &ordinal);
	claim->ordinal = ordinal;
	if (claim->path && v2v_slot_of_path(claim->path, &claim->place)) {
		claim->has_place = true;
		claim->ordinal = 0;
	}
	while (digits > claim->name && isdigit((unsigned char)digits[-1]))
		digits--;
	v2v_parse_u64(digits, &claim->number);
	if (claim->has_place)
		claim->number = v2v_slot_number(&claim->place);
	if (claim->ordinal)
		claim->number = claim->ordinal;
}

static void set_families(struct v2v_list *claims)
{
	struct v2v_claim *items = claims->items;

	for (size_t i = 0; i < claims->count; i++) {
		size_t k = 0;

		while (k < i && !is_one_family(&items[k], &items[i]))
			k++;
		items[i].family = k;
		items[i].index = i;
		set_number(&items[i]);
	}
}

static int compare(const void *one, const void *other)
{
	const struct v2v_claim *a = one, *b = other;
	bool late_a = a->rank >= V2V_NETWORK_NAMES;
	bool late_b = b->rank >= V2V_NETWORK_NAMES;

	if (late_a != late_b)
		return late_a - late_b;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

void v2v_claims_make(const struct v2v_list *interfaces, struct v2v_list *claims)
{
	for (enum v2v_network_rank rank = V2V_NETWORK_CONFIG;
		rank <= V2V_NETWORK_LEASES; rank++)
		add_all(interfaces, rank, claims);
	set_families(claims);
	if (claims->count)
		qsort(claims->items, claims->count, sizeof(struct v2v_claim),
			compare);
}
