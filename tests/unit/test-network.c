/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network configurations read (tests/data/network: NAME.FORM and NAME.json),
 * and interface names paired with NICs. */
#include "cases.h"

#include "convert/linux/pairing.h"
#include "inspect/network.h"

#define DIR "tests/data/network/"

static void (*parse)(const char *, const char *, struct v2v_list *);

static json_t *as_json(struct v2v_list *interfaces)
{
	struct v2v_inspect inspect = { .network = *interfaces };
	json_t *all = v2v_inspect_store(&inspect), *network;

	network = json_incref(json_object_get(all, "network"));
	json_decref(all);
	v2v_inspect_clear(&inspect);
	return network;
}

static void test_file(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expected = beside(path, ".json");
	const char *base = strrchr(path, '/');
	struct v2v_list interfaces = { 0 };
	json_auto_t *want = json_load_file(expected, 0, NULL);
	json_auto_t *got = NULL;

	parse(text, base, &interfaces);
	got = as_json(&interfaces);
	if (!json_equal(got, want)) {
		CLEANUP_FREE char *a = json_dumps(got, JSON_INDENT(1));
		CLEANUP_FREE char *b = json_dumps(want, JSON_INDENT(1));

		same(path, a, b);
	}
}

static void test_form(const char *pattern, size_t least,
	void (*function)(const char *, const char *, struct v2v_list *))
{
	parse = function;
	each_case(pattern, least, test_file);
}

static void test_cards(void)
{
	static const char *const cards[] = { "eth0", "ens192", "enp0s3",
		"eno16777984", "wlan0", "p1p1", "enx001122334455" };
	static const char *const others[] = { "lo", "br0", "bond0", "docker0",
		"virbr0", "eth0.100", "eth0:1", "tun0", "", "ppp0", "../x" };

	for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++)
		assert(v2v_network_is_card(cards[i]));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert(!v2v_network_is_card(others[i]));
}

/* Names are given by MAC, then by slot, then by order. */
static void test_pairing(void)
{
	struct v2v_nic nics[] = {
		{ .id = 0, .pci_slot = -1 },
		{ .id = 1, .pci_slot = 192 },
		{ .id = 2, .pci_slot = -1, .mac = "00:50:56:AA:00:01" },
		{ .id = 3, .pci_slot = -1 },
		{ .id = 4, .pci_slot = -1 },
	};
	struct v2v_interface network[] = {
		{ .name = "ens224" },
		{ .name = "ens192" },
		{ .name = "lan0", .mac = "00:50:56:aa:00:01" },
		{ .name = "ens192" },
		{ .name = "eth7", .mac = "00:50:56:00:00:07" },
	};
	const struct v2v_source source = { .name = "m", .nics = { nics, 5 } };
	const struct v2v_inspect inspect = { .network = { network, 5 } };
	struct v2v_guestcaps caps = { 0 };
	const struct v2v_guest_nic *got;

	v2v_pairing_make(&source, &inspect, &caps.nics);
	got = caps.nics.items;
	same("by order", got[0].name, "ens224");
	same("by slot", got[1].name, "ens192");
	same("by MAC", got[2].name, "lan0");
	same("kept", got[2].mac, "00:50:56:AA:00:01");
	same("the guest's own MAC", got[3].name, "eth7");
	same("the guest's own MAC", got[3].mac, "00:50:56:00:00:07");
	same("none left", got[4].name, NULL);
	assert(v2v_starts_with(got[0].mac, "52:54:00:"));
	assert(strcmp(got[0].mac, got[1].mac) != 0);
	v2v_guestcaps_clear(&caps);
}

static void test_macs(void)
{
	CLEANUP_FREE char *a = v2v_pairing_make_mac("m", "u", 0);
	CLEANUP_FREE char *b = v2v_pairing_make_mac("m", "u", 0);
	CLEANUP_FREE char *c = v2v_pairing_make_mac("m", "u", 1);

	same("stable", a, b);
	assert(strcmp(a, c) != 0 && strlen(a) == 17);
}

int main(void)
{
	test_cards();
	test_pairing();
	test_macs();
	test_form(DIR "*.interfaces", 5, v2v_network_ifupdown);
	test_form(DIR "*.yaml", 5, v2v_network_netplan);
	test_form(DIR "*.network", 3, v2v_network_networkd);
	test_form(DIR "*.nmconnection", 3, v2v_network_keyfile);
	test_form(DIR "*.ifcfg", 3, v2v_network_ifcfg);
	return 0;
}
