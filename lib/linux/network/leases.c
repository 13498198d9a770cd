/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DHCP leases: which names the cards really had, and with which MACs. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

#define ETHERNET  "1:" /* hardware type of a client identifier */
#define UUID_SIZE 36

/* "1:0:c:29:aa:bb:cc", leading zeros left out: dhclient's way. */
static void set_identifier(struct v2v_interface *iface, const char *id)
{
	CLEANUP_FREE char *mac = NULL;

	if (!v2v_starts_with(id, ETHERNET))
		return;
	mac = v2v_netread_plain_mac(id + strlen(ETHERNET));
	v2v_netread_mac(iface, mac);
}

/* The last lease of an interface holds. */
static void set_address(struct v2v_interface *iface, const char *address)
{
	v2v_list_foreach (char *, old, &iface->addresses)
		free(*old);
	free(iface->addresses.items);
	iface->addresses = (struct v2v_list){ 0 };
	v2v_netread_address(iface, address, NULL);
}

void v2v_network_dhclient(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct v2v_interface *iface = NULL;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line), *rest;

		word[strcspn(word, ";")] = '\0';
		rest = v2v_line_split(word);
		if (strcmp(word, "option") == 0) {
			word = rest;
			rest = v2v_line_split(word);
		}
		if (strcmp(word, "interface") == 0) {
			rest = v2v_line_unquote(rest);
			iface = v2v_network_is_card(rest)
					? v2v_netread_add(
						  interfaces, rest, where)
					: NULL;
			if (iface)
				v2v_netread_method(iface, true);
		} else if (iface && strcmp(word, "fixed-address") == 0) {
			set_address(iface, rest);
		} else if (iface &&
			   strcmp(word, "dhcp-client-identifier") == 0) {
			set_identifier(iface, rest);
		}
	}
}

static void set_internal(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct v2v_interface *iface = opaque;

	(void)section;
	if (strcmp(key, "ADDRESS") == 0) {
		set_address(iface, value);
	} else if (strcmp(key, "CLIENTID") == 0 &&
		   v2v_starts_with(value, "01") && strlen(value) == 14) {
		const char *v = value + 2;
		CLEANUP_FREE char *mac =
			v2v_format("%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", v, v + 2,
				v + 4, v + 6, v + 8, v + 10);

		v2v_netread_mac(iface, mac);
	}
}

/* NetworkManager's own: internal-UUID-NAME.lease, KEY=VALUE. */
void v2v_network_nm_lease(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	const char *base = strrchr(where, '/');
	const char *name = strchr(base ? base : where, '-');
	CLEANUP_FREE char *copy = NULL;
	struct v2v_interface *iface;

	if (strstr(text, "lease {")) {
		v2v_network_dhclient(text, where, interfaces);
		return;
	}
	if (!name || strlen(name) < UUID_SIZE + 2)
		return;
	copy = v2v_strdup(name + UUID_SIZE + 2);
	if (v2v_ends_with(copy, ".lease"))
		copy[strlen(copy) - strlen(".lease")] = '\0';
	if (!v2v_network_is_card(copy))
		return;
	iface = v2v_netread_add(interfaces, copy, where);
	v2v_ini_read(text, set_internal, iface);
	v2v_netread_method(iface, true);
}
