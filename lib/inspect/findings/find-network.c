/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about the network: which names are kept, and what is not. */
#include "guest/tree.h"
#include "inspect/findings/find-private.h"
#include "linux/network/cloudnet.h"
#include "linux/network/netmatch.h"
#include "linux/network/network.h"
#include "linux/network/pairing.h"

/* The file that says most of the name; borrowed. */
static const struct v2v_interface *best_of(
	const struct v2v_inspect *inspect, const char *name)
{
	const struct v2v_interface *best = NULL;

	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		if (v2v_netmatch_gives(iface->name, name) &&
			(!best || v2v_network_rank(iface->where) <
					  v2v_network_rank(best->where)))
			best = iface;
	return best;
}

static void find_name(const struct v2v_guest_nic *nic,
	enum v2v_network_namer namer, struct v2v_inspect *inspect)
{
	const struct v2v_interface *iface = best_of(inspect, nic->name);

	if (!v2v_pairing_is_plain_name(nic->name))
		v2v_finding_add(inspect, V2V_NOTE, "network-name-lost",
			iface->where,
			"the name '%s' is not kept: it has characters that no "
			"rule can have",
			nic->name);
	else if (namer == V2V_NAMER_NONE &&
		 !v2v_pairing_is_kernel_name(nic->name, NULL))
		v2v_finding_add(inspect, V2V_NOTE, "network-name-lost",
			iface->where,
			"the name %s is not kept: neither udev nor mdev there "
			"gives names",
			nic->name);
}

/* Names that are configured, but the machine has no card for them. */
static void find_left_over(
	const struct v2v_list *nics, struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_interface, iface, &inspect->network) {
		bool paired = false;

		if (!*iface->name ||
			v2v_network_rank(iface->where) != V2V_NETWORK_CONFIG ||
			best_of(inspect, iface->name) != iface)
			continue;
		v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
			paired |= v2v_streq(nic->name, iface->name);
		if (!paired)
			v2v_finding_add(inspect, V2V_NOTE, "network-no-card",
				iface->where,
				"the machine has no card left for %s",
				iface->name);
	}
}

/* How the card is called: by its name, else by how it is found. */
static const char *label_of(const struct v2v_interface *iface)
{
	if (*iface->name)
		return iface->name;
	return iface->mac ? iface->mac : iface->path ? iface->path : "a card";
}

static void find_static(struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		if (v2v_network_rank(iface->where) == V2V_NETWORK_CONFIG &&
			v2v_streq(iface->method, "static"))
			v2v_finding_add(inspect, V2V_NOTE, "network-static",
				iface->where, "%s has a static address, %s",
				label_of(iface),
				iface->addresses.count
					? *v2v_items(char *, &iface->addresses)
					: "unknown");
}

/* Names like eth0 come from the cards' order, which must be kept by whoever
 * starts the machine. */
static void find_order(const struct v2v_list *nics, struct v2v_inspect *inspect)
{
	uint64_t number;

	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (nics->count > 1 &&
			v2v_pairing_is_kernel_name(nic->name, &number)) {
			v2v_finding_add(inspect, V2V_NOTE, "network-order",
				best_of(inspect, nic->name)->where,
				"names like %s depend on the order of the "
				"cards: v2v-meta keeps it",
				nic->name);
			return;
		}
}

/* The OVF has lost the addresses, and nothing else says which card is which. */
static void find_guess(
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *name = v2v_pairing_guess(source, inspect);
	const struct v2v_interface *iface =
		name ? best_of(inspect, name) : NULL;

	if (iface)
		v2v_finding_add(inspect, V2V_NOTE, "network-order",
			iface->where,
			"that a card is %s is known by the order of the cards "
			"alone: compare it with the old machine",
			name);
}

/* Configuration that finds its card by its place on the bus follows it, as far
 * as it is known which card was there. */
static void find_lost(const struct v2v_source *source,
	const struct v2v_list *nics, struct v2v_inspect *inspect)
{
	struct v2v_list places CLEANUP_PLACES = { 0 };

	v2v_pairing_places(source, inspect, nics, &places);
	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		if (v2v_pairing_is_lost(&places, iface))
			v2v_finding_add(inspect, V2V_NOTE, "network-place",
				iface->where,
				"it is for the card at %s of the old bus, and "
				"no card is known to have been there: it will "
				"not be found",
				iface->path);
}

/* Bound to the wrong card the name would swap two networks. */
static void find_unclear(
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	struct v2v_list all CLEANUP_UNCLEAR = { 0 };

	v2v_pairing_unclear(source, inspect, &all);
	v2v_list_foreach (const struct v2v_unclear, one, &all)
		v2v_finding_add(inspect, one->is_lost ? V2V_BLOCKER : V2V_NOTE,
			"network-unclear", one->where,
			"which card is called %s is not understood ('%s'); %s",
			one->name, one->key,
			one->is_lost ? "let the file find it by MACAddress or "
				       "ATTR{address}"
				     : "see that it has the name afterwards");
}

static void find_places(const struct v2v_tree *tree,
	const struct v2v_list *nics, enum v2v_network_namer namer,
	struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics) {
		CLEANUP_FREE char *path =
			nic->name && v2v_pairing_is_plain_name(nic->name)
				? v2v_network_naming_file(namer, nic->name)
				: NULL;

		if (path)
			v2v_find_place(tree, path, inspect);
	}
}

void v2v_find_network(const struct v2v_tree *tree, enum v2v_network_namer namer,
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	struct v2v_list changes CLEANUP_MAC_CHANGES = { 0 };

	find_static(inspect);
	/* Nothing is named there. */
	if (source->nics.count == 0 || v2v_inspect_is_image(inspect))
		return;
	v2v_pairing_make(source, inspect, &caps.nics, &changes);
	v2v_list_foreach (const struct v2v_guest_nic, nic, &caps.nics)
		if (nic->name)
			find_name(nic, namer, inspect);
	find_left_over(&caps.nics, inspect);
	find_order(&caps.nics, inspect);
	find_guess(source, inspect);
	find_lost(source, &caps.nics, inspect);
	find_unclear(source, inspect);
	find_places(tree, &caps.nics, namer, inspect);
	if (v2v_cloudnet_overwrites(tree, inspect))
		v2v_find_place(tree, V2V_CLOUD_FILE, inspect);
}
