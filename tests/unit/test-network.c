/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The network, as data below tests/data/network: configurations read
 * (read/FORM: a text and NAME.json, the interfaces), and edits (edit/FORM:
 * NAME.before and NAME.after; no .after: nothing is changed).
 */
#include "cases.h"

#include "linux/network/cloudnet.h"
#include "linux/network/netread.h"
#include "linux/network/nettexts.h"
#include "linux/network/network.h"
#include "linux/network/pairing.h"
#include "linux/network/parsers.h"

#define DIR "tests/data/network/"

static void (*parse)(const char *, const char *, struct v2v_list *);

static json_t *as_json(struct v2v_list *interfaces)
{
	static const char *const seldom[] = { "path", "original", "driver",
		"unclear" };
	struct v2v_inspect inspect = { .network = *interfaces };
	json_t *all = v2v_inspect_store(&inspect), *network, *interface;
	size_t i;

	network = json_incref(json_object_get(all, "network"));
	json_array_foreach (network, i, interface)
		for (size_t k = 0; k < ARRAY_SIZE(seldom); k++)
			if (json_is_null(json_object_get(interface, seldom[k])))
				json_object_del(interface, seldom[k]);
	json_decref(all);
	v2v_inspect_clear(&inspect);
	return network;
}

static void test_file(const char *path)
{
	const char *base = strrchr(path, '/');
	CLEANUP_FREE char *text = read_whole(path);
	/* Names of files without a suffix count. */
	CLEANUP_FREE char *expected = strchr(base, '.')
					      ? beside(path, ".json")
					      : v2v_format("%s.json", path);
	struct v2v_list interfaces = { 0 };
	json_auto_t *want = json_load_file(expected, 0, NULL);
	json_auto_t *got = NULL;

	parse(text, base, &interfaces);
	got = as_json(&interfaces);
	same_json(path, got, want);
}

static void test_form(const char *pattern, size_t least,
	void (*function)(const char *, const char *, struct v2v_list *))
{
	parse = function;
	each_case(pattern, least, test_file);
}

/* Several files, read one after the other as the guest's tools do. */
static void test_merge(void)
{
	static const char one[] =
		"network: {ethernets: {ens192: {dhcp4: yes,"
		" match: {macaddress: '00:50:56:00:00:01'}}}}";
	static const char two[] = "network: {ethernets: {ens192: {dhcp4: no,"
				  " addresses: [192.0.2.7/24]}}}";
	struct v2v_list interfaces = { 0 };
	json_auto_t *got = NULL, *want = NULL;

	v2v_network_netplan(one, "/etc/netplan/00-x.yaml", &interfaces);
	v2v_network_netplan(two, "/etc/netplan/50-y.yaml", &interfaces);
	got = as_json(&interfaces);
	want = json_pack("[{s:s s:s s:s s:[s] s:s}]", "name", "ens192", "mac",
		"00:50:56:00:00:01", "method", "static", "addresses",
		"192.0.2.7/24", "where", "/etc/netplan/00-x.yaml");
	same_json("merge", got, want);
}

static void test_cards(void)
{
	static const char *const cards[] = { "eth0", "ens192", "enp0s3",
		"eno16777984", "wlan0", "p1p1", "enx001122334455", "em1",
		"lan0" };
	static const char *const others[] = { "lo", "br0", "bond0", "docker0",
		"virbr0", "eth0.100", "eth0:1", "tun0", "", "ppp0", "../x",
		"public", "team0", "wg0", "a-name-too-long-for-linux", "eth*" };

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++)
		assert(v2v_network_is_card(cards[i]));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert(!v2v_network_is_card(others[i]));
}

/* A name that looks like no card's is believed where a MAC belongs to it. */
static void test_tidy(void)
{
	static const char config[] = "iface dmz inet dhcp\n"
				     "iface intern inet dhcp\n";
	static const char rule[] =
		"SUBSYSTEM==\"net\", ATTR{address}==\"00:50:56:00:00:01\", "
		"NAME=\"dmz\"\n";
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_interface *left;

	v2v_network_ifupdown(
		config, "/etc/network/interfaces", &inspect.network);
	v2v_network_udev(
		rule, "/etc/udev/rules.d/10-x.rules", &inspect.network);
	assert(inspect.network.count == 3);
	v2v_network_tidy(&inspect.network);
	left = inspect.network.items;
	assert(inspect.network.count == 2);
	same("tidy", left[0].name, "dmz");
	same("tidy", left[1].mac, "00:50:56:00:00:01");
}

/* So are the names of a rule for cards by their numbers, and the rule. */
static void test_tidy_numbers(void)
{
	static const char config[] = "iface dmz3 inet dhcp\n"
				     "iface dmzx inet dhcp\n";
	static const char rule[] =
		"SUBSYSTEM==\"net\", KERNEL==\"eth*\", NAME=\"dmz%n\"\n";
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_interface *left;

	v2v_network_ifupdown(
		config, "/etc/network/interfaces", &inspect.network);
	v2v_network_udev(
		rule, "/etc/udev/rules.d/10-x.rules", &inspect.network);
	v2v_network_tidy(&inspect.network);
	left = inspect.network.items;
	assert(inspect.network.count == 2);
	same("tidy", left[0].name, "dmz3");
	same("tidy", left[1].name, "dmz%n");
}

/* A bond called as a card may be, and its cards. */
static void test_tidy_netdev(void)
{
	static const char netdev[] = "[NetDev]\nName=lan\nKind=bond\n";
	static const char bond[] = "[Match]\nName=lan\n"
				   "[Network]\nAddress=192.0.2.7/24\n";
	static const char card[] = "[Match]\nName=lan0\n"
				   "[Network]\nBond=lan\n";
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_interface *left;

	v2v_network_networkd(
		bond, "/etc/systemd/network/lan.network", &inspect.network);
	v2v_network_networkd(
		card, "/etc/systemd/network/lan0.network", &inspect.network);
	v2v_network_netdev(
		netdev, "/etc/systemd/network/lan.netdev", &inspect.network);
	v2v_network_tidy(&inspect.network);
	left = inspect.network.items;
	assert(inspect.network.count == 1);
	same("tidy", left[0].name, "lan0");
}

static void test_macs(void)
{
	static const char *const good[] = { "00:50:56:aa:bb:cc",
		"00-50-56-AA-BB-CC", "52:54:00:00:00:01" };
	static const char *const bad[] = { "", "00:50:56:aa:bb", "preserve",
		"00:50:56-aa:bb:cc", "01:00:5e:00:00:01", "00:00:00:00:00:00",
		"00:50:56:aa:bb:cg", "00:50:56:aa:bb:cc:dd" };
	CLEANUP_FREE char *a = v2v_pairing_make_mac("m", "u", 0);
	CLEANUP_FREE char *b = v2v_pairing_make_mac("m", "u", 0);
	CLEANUP_FREE char *c = v2v_pairing_make_mac("m", "u", 1);

	same("stable", a, b);
	assert(strcmp(a, c) != 0 && v2v_netread_is_mac(a));
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert(v2v_netread_is_mac(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert(!v2v_netread_is_mac(bad[i]));
}

/* Names that one card had, by the scheme and the year of the guest. */
static void test_slots(void)
{
	static const struct {
		int64_t slot;
		unsigned bus, device;
		const char *ens, *enp, *eno;
	} cases[] = {
		{ 32, 2, 0, "ens32", "enp2s0", "eno16777728" },
		{ 33, 2, 1, "ens33", "enp2s1", "eno16777736" },
		{ 34, 2, 2, "ens34", "enp2s2", "eno33554960" },
		{ 160, 3, 0, "ens160", "enp3s0", "eno16777984" },
		{ 192, 11, 0, "ens192", "enp11s0", "eno16780032" },
		{ 224, 19, 0, "ens224", "enp19s0", "eno33559296" },
		{ 256, 27, 0, "ens256", "enp27s0", "eno50338560" },
		{ 1184, 4, 0, "ens1184", "enp4s0", NULL },
		{ 1216, 12, 0, "ens1216", "enp12s0", NULL },
	};
	struct v2v_pci_place place;
	unsigned ordinal;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const names[] = { cases[i].ens, cases[i].enp,
			cases[i].eno };

		assert(v2v_slot_place(cases[i].slot, &place));
		assert(place.bus == cases[i].bus &&
			place.device == cases[i].device);
		assert(v2v_slot_number(&place) == (unsigned)cases[i].slot);
		for (size_t k = 0; k < 3 && names[k]; k++) {
			assert(v2v_slot_of_name(names[k], &place, &ordinal));
			assert(place.bus == cases[i].bus &&
				place.device == cases[i].device);
			assert(!ordinal == (k < 2));
		}
	}
	assert(!v2v_slot_place(-1, &place) && !v2v_slot_place(17, &place));
	assert(!v2v_slot_place(INT64_MAX, &place));
	assert(!v2v_slot_of_name("eno1", &place, &ordinal));
	assert(!v2v_slot_of_name("eth0", &place, &ordinal));
	assert(!v2v_slot_of_name("ens3f0", &place, &ordinal));
}

/* The machine of the edits: its first card was 00:50:56:aa:00:01 in slot 192,
 * ens192 or eth0; the second kept its address; the third was 0c:29:… */
static struct v2v_mac_change mac_changes[] = {
	{ "00:50:56:aa:00:01", "52:54:00:12:34:56" },
	{ "00:0c:29:ab:cd:ef", "52:54:00:fe:dc:ba" },
};
static struct v2v_guest_nic nics[] = {
	{ 0, "52:54:00:12:34:56", "ens192" },
	{ 1, "00:50:56:BB:00:02", "eth1" },
	{ 2, "52:54:00:fe:dc:ba", "lan0" },
	{ 3, "52:54:00:00:00:04", NULL },
};
static struct v2v_net_place net_places[] = {
	{ "0000:0b:00.0", "52:54:00:12:34:56" },
};
static const struct v2v_list macs = { mac_changes, 2 };
static const struct v2v_list places = { net_places, 1 };
static const struct v2v_list all_nics = { nics, 4 };
static const struct v2v_net_edit net_edit = {
	.macs = &macs,
	.places = &places,
	.nics = &all_nics,
	.driver = "virtio_net",
};

static char *(*edit)(
	const char *, const struct v2v_net_edit *, struct v2v_text *);

static char *edit_here(const char *text, struct v2v_text *what)
{
	return edit(text, &net_edit, what);
}

static void test_edit(const char *path)
{
	same_pair(path, edit_here);
}

static void test_edits(const char *pattern, size_t least,
	char *(*function)(
		const char *, const struct v2v_net_edit *, struct v2v_text *))
{
	edit = function;
	each_case(pattern, least, test_edit);
}

/* The same machine, where the third card was another than the others. */
static struct v2v_net_card net_cards[] = {
	{ "vmxnet3", "52:54:00:12:34:56" },
	{ "vmxnet3", "00:50:56:BB:00:02" },
	{ "e1000", "52:54:00:fe:dc:ba" },
};
static const struct v2v_list cards = { net_cards, 3 };

static char *edit_mixed(
	const char *text, const struct v2v_net_edit *e, struct v2v_text *what)
{
	struct v2v_net_edit mixed = *e;

	mixed.cards = &cards;
	return v2v_starts_with(text, "[")
		       ? v2v_nettext_systemd(text, &mixed, what)
		       : v2v_nettext_plain(text, &mixed, what);
}

static char *keep_rules(
	const char *text, const struct v2v_net_edit *e, struct v2v_text *what)
{
	return v2v_nettext_persistent(text, e, false, what);
}

static char *make_rules(
	const char *text, const struct v2v_net_edit *e, struct v2v_text *what)
{
	return v2v_nettext_persistent(text, e, true, what);
}

static void test_cloud(void)
{
	assert(v2v_cloudnet_is_disabled("network: {config: disabled}\n"));
	assert(v2v_cloudnet_is_disabled("network:\n  config: 'disabled'\n"));
	assert(!v2v_cloudnet_is_disabled("network:\n  config: []\n"));
	assert(!v2v_cloudnet_is_disabled("#network: {config: disabled}\n"));
	assert(!v2v_cloudnet_is_disabled("[broken"));
	assert(v2v_cloudnet_is_generated(
		"/etc/netplan/50-cloud-init.yaml", ""));
	assert(v2v_cloudnet_is_generated("/etc/sysconfig/network/ifcfg-eth0",
		"# Created by cloud-init automatically, do not edit.\n#\n"));
	assert(!v2v_cloudnet_is_generated(
		"/etc/netplan/01.yaml", "network: {}\n# no cloud-init\n"));
}

int main(void)
{
	test_cards();
	test_macs();
	test_slots();
	test_merge();
	test_tidy();
	test_tidy_numbers();
	test_tidy_netdev();
	test_cloud();
	test_form(DIR "read/ifupdown/*.interfaces", 10, v2v_network_ifupdown);
	test_form(DIR "read/netplan/*.yaml", 10, v2v_network_netplan);
	test_form(DIR "read/networkd/*.network", 5, v2v_network_networkd);
	test_form(DIR "read/link/*.link", 3, v2v_network_link);
	test_form(DIR "read/keyfile/*.nmconnection", 8, v2v_network_keyfile);
	test_form(DIR "read/ifcfg/*.ifcfg", 10, v2v_network_ifcfg);
	test_form(DIR "read/suse/*/ifcfg-*[!n]", 10, v2v_network_ifcfg);
	test_form(DIR "read/suse/*/hwcfg-*[!n]", 4, v2v_network_hwcfg);
	test_form(DIR "read/openrc/*.net", 3, v2v_network_openrc);
	test_form(DIR "read/connman/*.config", 2, v2v_network_connman);
	test_form(DIR "read/dhcpcd/*.conf", 2, v2v_network_dhcpcd);
	test_form(DIR "read/netctl/*.profile", 4, v2v_network_netctl);
	test_form(DIR "read/uci/*.network", 3, v2v_network_uci);
	test_form(DIR "read/vyos/*.boot", 2, v2v_network_vyos);
	test_form(DIR "read/inet1/*.conf", 3, v2v_network_inet1);
	test_form(DIR "read/wicked/*.xml", 3, v2v_network_wicked);
	test_form(DIR "read/udev/*.rules", 5, v2v_network_udev);
	test_form(DIR "read/mactab/*.tab", 2, v2v_network_mactab);
	test_form(DIR "read/booster/*.yaml", 2, v2v_network_booster);
	test_form(DIR "read/leases/*.leases", 3, v2v_network_dhclient);
	test_form(DIR "read/leases/internal-*.lease", 2, v2v_network_nm_lease);
	test_form(DIR "read/leases/lease-*.xml", 1, v2v_network_wicked_lease);
	test_form(DIR "read/cmdline/*.args", 8, v2v_network_cmdline);
	test_edits(DIR "edit/netplan/*.before", 10, v2v_nettext_plain);
	test_edits(DIR "edit/ifcfg/*.before", 10, v2v_nettext_plain);
	test_edits(DIR "edit/keyfile/*.before", 10, v2v_nettext_keyfile);
	test_edits(DIR "edit/interfaces/*.before", 10, v2v_nettext_plain);
	test_edits(DIR "edit/cmdline/*.before", 8, v2v_nettext_cmdline);
	test_edits(DIR "edit/networkd/*.before", 8, v2v_nettext_systemd);
	test_edits(DIR "edit/link/*.before", 6, v2v_nettext_link);
	test_edits(DIR "edit/rules/*.before", 8, v2v_nettext_rules);
	test_edits(DIR "edit/mactab/*.before", 4, v2v_nettext_mactab);
	test_edits(DIR "edit/persistent/*.before", 6, make_rules);
	test_edits(DIR "edit/mixed/*.before", 4, edit_mixed);
	test_edits(DIR "edit/stale/*.before", 4, keep_rules);
	return 0;
}
