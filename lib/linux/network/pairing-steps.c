/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways to find a claim's card, the surest first. */
#include "linux/network/pairing-private.h"

#include "linux/network/netmatch.h"
#include "linux/network/netread.h"

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

bool v2v_pairing_is_anyones(
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
	return claim->rank < V2V_NETWORK_NAMES &&
	       v2v_pairing_is_anyones(p, claim, nic) &&
	       (!claim->mac || !p->sources[nic].mac || !p->any_mac);
}

/* vmxnet3 is a PCI Express card, e1000 is not, and the name may say on which
 * bus it was. */
static bool by_order_and_model(
	const struct v2v_pairing *p, const struct v2v_claim *claim, size_t nic)
{
	static const char *const express[] = { "vmxnet3", "e1000e" };
	const char *model = p->sources[nic].model;
	bool is_express;

	if (!by_order(p, claim, nic))
		return false;
	is_express = v2v_is_one_of(model, express);
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

const struct v2v_pairing_step v2v_pairing_steps[] = {
	{ by_mac, true, true },
	{ by_place, true, true },
	{ by_order_of_places, false, false },
	{ by_original, true, true },
	{ by_driver, true, true },
	{ by_slot, true, false },
	{ by_ordinal, true, false },
	{ by_kernel_and_model, false, false },
	{ by_kernel, false, false },
	{ by_order, false, false },
};
const size_t v2v_pairing_steps_count = ARRAY_SIZE(v2v_pairing_steps);
