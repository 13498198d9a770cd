/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's network configuration: every reader, the pairing of what they
 * found, and every edit. */
#include "scratch.h"

#include "guest/files.h"
#include "linux/network/cloudnet.h"
#include "linux/network/netdefault.h"
#include "linux/network/nettexts.h"
#include "linux/network/network.h"
#include "linux/network/pairing.h"
#include "linux/network/parsers.h"

static void (*const readers[])(
	const char *, const char *, struct v2v_list *) = {
	v2v_network_ifupdown,
	v2v_network_netplan,
	v2v_network_networkd,
	v2v_network_link,
	v2v_network_keyfile,
	v2v_network_ifcfg,
	v2v_network_openrc,
	v2v_network_connman,
	v2v_network_dhcpcd,
	v2v_network_netctl,
	v2v_network_wicked,
	v2v_network_udev,
	v2v_network_mactab,
	v2v_network_dhclient,
	v2v_network_nm_lease,
	v2v_network_wicked_lease,
	v2v_network_cmdline,
};

static char *(*const edits[])(
	const char *, const struct v2v_net_edit *, struct v2v_text *) = {
	v2v_nettext_plain,
	v2v_nettext_systemd,
	v2v_nettext_link,
	v2v_nettext_rules,
	v2v_nettext_mactab,
	v2v_nettext_cmdline,
	v2v_nettext_keyfile,
};

static void read_all(const char *text, struct v2v_list *interfaces)
{
	static const char *const places[] = { "/etc/network/interfaces",
		"/etc/sysconfig/network/ifcfg-eth0",
		"/etc/udev/rules.d/70-persistent-net.rules",
		("/var/lib/NetworkManager/internal-0a1b2c3d-0000-1111-2222-"
		 "333344445555-ens192.lease"),
		"/var/lib/wicked/lease-eth0-dhcp-ipv4.xml",
		"/etc/netplan/x.yaml" };
	struct v2v_list patterns CLEANUP_STRINGS = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		for (size_t k = 0; k < ARRAY_SIZE(places); k++)
			readers[i](text, places[k], interfaces);
	v2v_network_sources(text, &patterns);
	v2v_network_tidy(interfaces);
	v2v_cloudnet_is_disabled(text);
	v2v_cloudnet_is_generated("/etc/x", text);
}

/* What an edit made it finds nothing more to do in. */
static void edit_all(const char *text, const struct v2v_net_edit *edit)
{
	for (size_t i = 0; i <= ARRAY_SIZE(edits); i++) {
		struct v2v_text what CLEANUP_TEXT = { 0 };
		CLEANUP_FREE char *edited =
			i < ARRAY_SIZE(edits) ? edits[i](text, edit, &what)
					      : v2v_nettext_persistent(text,
							edit, true, &what);

		if (edited && !what.length)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	CLEANUP_FREE char *text = v2v_strndup((const char *)data, size);
	struct v2v_nic nics[] = {
		{ .id = 0, .pci_slot = 192, .model = "vmxnet3" },
		{ .id = 1, .pci_slot = -1, .mac = "00:50:56:aa:00:01" },
		{ .id = 2, .pci_slot = 33 },
	};
	const struct v2v_source source = { .name = "m", .nics = { nics, 3 } };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	struct v2v_list macs CLEANUP_MAC_CHANGES = { 0 };
	char slot[] = "0000:0b:00.0", mac[] = "52:54:00:00:00:01";
	struct v2v_net_place place = { slot, mac };
	const struct v2v_list places = { &place, 1 };
	struct v2v_net_card cards[] = { { "vmxnet3", mac }, { "e1000", mac } };
	const struct v2v_list all_cards = { cards, 2 };
	struct v2v_list unclear CLEANUP_UNCLEAR = { 0 };
	const struct v2v_net_edit edit = {
		.macs = &macs,
		.places = &places,
		.nics = &caps.nics,
		.cards = &all_cards,
		.driver = "virtio_net",
	};

	read_all(text, &inspect.network);
	v2v_netdefault_add(&source, &inspect.network);
	v2v_pairing_unclear(&source, &inspect, &unclear);
	v2v_pairing_make(&source, &inspect, &caps.nics, &macs);
	if (caps.nics.count != 3)
		abort();
	edit_all(text, &edit);
	return 0;
}
