/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where distributions keep their network configuration. */
#include "inspect/network.h"

#include "guest/files.h"

#include <fnmatch.h>

bool v2v_network_is_card(const char *name)
{
	static const char *const prefixes[] = { "en", "eth", "wl", "ib", "p",
		"net", "lan" };
	static const char *const others[] = { "enc", "ppp", "pan", "ibs" };

	if (!name || !*name || strchr(name, '.') || strchr(name, ':') ||
		strchr(name, '/') || strlen(name) > 15)
		return false;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (v2v_starts_with(name, others[i]))
			return false;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (v2v_starts_with(name, prefixes[i]))
			return true;
	return false;
}

unsigned v2v_network_prefix(const char *netmask)
{
	unsigned a, b, c, d;
	uint64_t bits;

	if (v2v_parse_u64(netmask, &bits))
		return bits <= 128 ? (unsigned)bits : 0;
	if (sscanf(netmask, "%3u.%3u.%3u.%3u", &a, &b, &c, &d) != 4)
		return 0;
	return (unsigned)__builtin_popcount(
		(a & 255) << 24 | (b & 255) << 16 | (c & 255) << 8 | (d & 255));
}

/* A folder, the files in it that count, and who reads them. */
static const struct place {
	const char *directory, *pattern;
	void (*parse)(const char *, const char *, struct v2v_list *);
} places[] = {
	{ "/etc/network", "interfaces", v2v_network_ifupdown },
	{ "/etc/network/interfaces.d", "*", v2v_network_ifupdown },
	{ "/etc/netplan", "*.yaml", v2v_network_netplan },
	{ "/etc/systemd/network", "*.network", v2v_network_networkd },
	{ "/etc/NetworkManager/system-connections", "*", v2v_network_keyfile },
	{ "/etc/sysconfig/network-scripts", "ifcfg-*", v2v_network_ifcfg },
	{ "/etc/sysconfig/network", "ifcfg-*", v2v_network_ifcfg },
};

/* More files than any machine has cards: the rest is not looked at. */
#define MAX_FILES 256

static void read_place(struct v2v_guest *guest, const struct place *place,
	struct v2v_inspect *inspect)
{
	struct v2v_list names CLEANUP_NAMES = { 0 };
	size_t read = 0;

	if (!v2v_guest_is_dir(guest, place->directory))
		return;
	v2v_guest_list(guest, place->directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", place->directory, *name);
		CLEANUP_FREE char *text = NULL;

		if (fnmatch(place->pattern, *name, FNM_PERIOD) != 0 ||
			++read > MAX_FILES)
			continue;
		text = v2v_guest_text(guest, path);
		if (text)
			place->parse(text, path, &inspect->network);
	}
}

void v2v_network_find(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		read_place(guest, &places[i], inspect);
}
