/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names and MACs to NICs. */
#include "convert/linux/pairing.h"

#include <openssl/evp.h>

/* The prefix that QEMU and libvirt use for MACs that they make up. */
#define MAC_FORMAT "52:54:00:%02x:%02x:%02x"

char *v2v_pairing_make_mac(const char *name, const char *root_uuid, int64_t nic)
{
	CLEANUP_FREE char *seed = v2v_format("%s\n%s\n%lld", name,
		root_uuid ? root_uuid : "", (long long)nic);
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(seed, strlen(seed), digest, NULL, EVP_sha256(), NULL))
		abort();
	return v2v_format(MAC_FORMAT, digest[0], digest[1], digest[2]);
}

bool v2v_pairing_is_kernel_name(const char *name)
{
	return v2v_starts_with(name, "eth");
}

static const char *root_uuid(const struct v2v_inspect *inspect)
{
	const struct v2v_filesystem *fs =
		inspect->root ? v2v_inspect_filesystem(inspect, inspect->root)
			      : NULL;

	return fs ? fs->uuid : NULL;
}

static bool is_taken(const struct v2v_list *nics, const char *name)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
		if (v2v_streq(nic->name, name))
			return true;
	return false;
}

static bool by_mac(const struct v2v_interface *iface, const struct v2v_nic *nic)
{
	return iface->mac && nic->mac && strcasecmp(iface->mac, nic->mac) == 0;
}

/* systemd.net-naming-scheme(7): ens192 is the card in hotplug slot 192. */
static bool by_slot(
	const struct v2v_interface *iface, const struct v2v_nic *nic)
{
	CLEANUP_FREE char *name =
		v2v_format("ens%lld", (long long)nic->pci_slot);

	return nic->pci_slot >= 0 && strcmp(iface->name, name) == 0;
}

static bool by_order(
	const struct v2v_interface *iface, const struct v2v_nic *nic)
{
	/* A name that is bound to another card's MAC is not free. */
	return !iface->mac || !nic->mac;
}

/* Configuration that asks for an address (HWADDR=, match:) only works with that
 * address: where the OVF lost it, the guest still knows it. */
static void keep_mac(const struct v2v_interface *iface,
	const struct v2v_nic *nic, struct v2v_guest_nic *guest)
{
	unsigned b[6];
	int end = 0;

	if (nic->mac || !iface->mac ||
		sscanf(iface->mac, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1],
			&b[2], &b[3], &b[4], &b[5], &end) != 6 ||
		iface->mac[end] || end != 17 || b[0] & 1)
		return;
	free(guest->mac);
	guest->mac = v2v_strdup(iface->mac);
}

static void pair(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics,
	bool (*fits)(const struct v2v_interface *, const struct v2v_nic *))
{
	const struct v2v_nic *sources = source->nics.items;
	struct v2v_guest_nic *guests = nics->items;

	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		for (size_t i = 0; i < nics->count; i++) {
			if (guests[i].name || !*iface->name ||
				is_taken(nics, iface->name) ||
				!fits(iface, &sources[i]))
				continue;
			guests[i].name = v2v_strdup(iface->name);
			keep_mac(iface, &sources[i], &guests[i]);
			break;
		}
}

void v2v_pairing_make(const struct v2v_source *source,
	const struct v2v_inspect *inspect, struct v2v_list *nics)
{
	v2v_list_foreach (const struct v2v_nic, nic, &source->nics) {
		struct v2v_guest_nic *guest = v2v_list_add(nics, sizeof *guest);

		guest->nic = nic->id;
		guest->mac = nic->mac ? v2v_strdup(nic->mac)
				      : v2v_pairing_make_mac(source->name,
						root_uuid(inspect), nic->id);
	}
	pair(source, inspect, nics, by_mac);
	pair(source, inspect, nics, by_slot);
	pair(source, inspect, nics, by_order);
}
