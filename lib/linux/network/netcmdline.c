/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network cards on the kernel's command line: dracut.cmdline(7), and ip= of
 * initramfs-tools(7) and the kernel. */
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* ip=CLIENT:PEER:GATEWAY:NETMASK:HOST:CARD:METHOD:MTU:MAC, the MAC six more; or
 * ip=CARD:METHOD:MTU:MAC */
#define MAX_FIELDS 14
enum { CLIENT, NETMASK = 3, CARD = 5, METHOD };

static size_t split(char *s, const char *fields[static MAX_FIELDS])
{
	size_t n = 0;

	while (n < MAX_FIELDS) {
		char *end = *s == '[' ? strchr(s, ']') : NULL;

		fields[n++] = s;
		s = end ? end : s;
		s += strcspn(s, ":");
		if (!*s)
			break;
		*s++ = '\0';
	}
	for (size_t i = n; i < MAX_FIELDS; i++)
		fields[i] = "";
	return n;
}

static bool is_dhcp(const char *word)
{
	static const char *const words[] = { "dhcp", "on", "any", "both",
		"single-dhcp", "dhcp6", "auto6", "either6" };

	return v2v_is_one_of(word, words);
}

static bool is_method(const char *word)
{
	static const char *const words[] = { "none", "off", "static", "ibft",
		"link6", "link-local" };

	return v2v_is_one_of(word, words) || is_dhcp(word);
}

static void add_address(
	struct v2v_interface *iface, const char *address, const char *netmask)
{
	size_t inside = *address == '[' ? strcspn(address + 1, "]") : 0;
	CLEANUP_FREE char *plain =
		inside ? v2v_strndup(address + 1, inside) : v2v_strdup(address);

	v2v_netread_address(iface, plain, *netmask ? netmask : NULL);
}

static void read_ip(
	const char *value, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_FREE char *copy = v2v_strdup(value), *mac = NULL;
	const char *f[MAX_FIELDS];
	size_t n = split(copy, f);
	bool is_short = n > 1 && is_method(f[1]);
	const char *name = is_short ? f[0] : f[CARD];
	size_t method = is_short ? 1 : METHOD, m = method + 2;
	struct v2v_interface *iface;

	if (v2v_netread_is_virtual(name))
		return;
	iface = v2v_netread_add(interfaces, name, where);
	mac = v2v_format("%s:%s:%s:%s:%s:%s", f[m], f[m + 1], f[m + 2],
		f[m + 3], f[m + 4], f[m + 5]);
	v2v_netread_mac(iface, mac);
	if (!is_short)
		add_address(iface, f[CLIENT], f[NETMASK]);
	v2v_netread_method(iface, is_dhcp(f[method]));
}

/* ifname=NAME:MAC gives a card its name. */
static void read_ifname(
	const char *value, const char *where, struct v2v_list *interfaces)
{
	size_t n = strcspn(value, ":");
	CLEANUP_FREE char *name = v2v_strndup(value, n);

	if (value[n] && v2v_netread_is_mac(value + n + 1) &&
		!v2v_netread_is_virtual(name))
		v2v_netread_mac(v2v_netread_add(interfaces, name, where),
			value + n + 1);
}

/* BOOTIF=01-00-50-56-aa-00-01: the card that the machine was started by. */
static void read_bootif(
	const char *value, const char *where, struct v2v_list *interfaces)
{
	if (v2v_starts_with(value, "01-"))
		value += strlen("01-");
	if (v2v_netread_is_mac(value))
		v2v_netread_mac(v2v_netread_add(interfaces, "", where), value);
}

void v2v_network_cmdline(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	static const char between[] = " \t\r\n\"'";

	while (*(text += strspn(text, between))) {
		size_t n = strcspn(text, between);
		CLEANUP_FREE char *word = v2v_strndup(text, n);

		if (v2v_starts_with(word, "ip="))
			read_ip(word + strlen("ip="), where, interfaces);
		else if (v2v_starts_with(word, "ifname="))
			read_ifname(
				word + strlen("ifname="), where, interfaces);
		else if (v2v_starts_with(word, "BOOTIF="))
			read_bootif(
				word + strlen("BOOTIF="), where, interfaces);
		text += n;
	}
}
