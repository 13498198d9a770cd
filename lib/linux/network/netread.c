/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of network configuration share. */
#include "linux/network/netread.h"

#include "core/lines.h"
#include "linux/network/network.h"
#include "linux/network/slots.h"

#include <ctype.h>
#include <net/if.h>

/* A text can name the same list of addresses for each of many cards. */
#define MAX_ADDRESSES 256
#define MAX_ADDRESS   128

#define MAC_LENGTH 17 /* "52:54:00:12:34:56" */

bool v2v_netread_is_mac(const char *s)
{
	if (!s || strlen(s) != MAC_LENGTH)
		return false;
	for (size_t i = 0; i < MAC_LENGTH; i++)
		if (i % 3 == 2 ? s[i] != s[2] || !strchr(":-", s[i])
			       : !isxdigit((unsigned char)s[i]))
			return false;
	/* A group address, or zeros, is not the address of a card. */
	return !strchr("13579bdfBDF", s[1]) && s[strspn(s, "0:-")];
}

char *v2v_netread_plain_mac(const char *mac)
{
	unsigned b[6];
	int end = 0;

	if (v2v_netread_is_mac(mac) ||
		sscanf(mac, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
			&b[3], &b[4], &b[5], &end) != 6 ||
		mac[end])
		return v2v_strdup(mac);
	return v2v_format("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2],
		b[3], b[4], b[5]);
}

void v2v_netread_mac(struct v2v_interface *iface, const char *mac)
{
	if (iface->mac || !v2v_netread_is_mac(mac))
		return;
	iface->mac = v2v_strdup(mac);
	for (char *s = iface->mac; *s; s++)
		if (*s == '-')
			*s = ':';
}

void v2v_netread_path(struct v2v_interface *iface, const char *path)
{
	struct v2v_pci_place place;

	if (path && !iface->path && v2v_slot_of_path(path, &place))
		iface->path = v2v_slot_path(&place);
}

bool v2v_netread_is_virtual(const char *name)
{
	static const char *const prefixes[] = { "br", "bond", "team", "vlan",
		"tun", "tap", "ppp", "docker", "veth", "virbr", "vmbr", "dummy",
		"wg", "sit", "gre", "ip6", "ipip", "vnet", "ovs", "lxc", "lxd",
		"cni", "flannel", "cali", "kube", "macv", "vxlan", "ifb",
		"wwan", "pan", "bnep", "can", "nlmon" };

	if (!*name || strcmp(name, "lo") == 0 || strlen(name) >= IFNAMSIZ ||
		strpbrk(name, ".:/*?[]%$= \t"))
		return true;
	return v2v_starts_with_any(name, prefixes);
}

bool v2v_netread_is_leftover(const char *file_name)
{
	static const char *const suffixes[] = { "~", ".bak", ".old", ".orig",
		".rpmsave", ".rpmnew", ".rpmorig", ".dpkg-old", ".dpkg-new",
		".dpkg-dist", ".swp", ".scpmbackup" };

	return v2v_ends_with_any(file_name, suffixes);
}

struct v2v_interface *v2v_netread_add(
	struct v2v_list *interfaces, const char *name, const char *where)
{
	struct v2v_interface *added;

	v2v_list_foreach (struct v2v_interface, i, interfaces)
		if (*name && v2v_streq(i->name, name) &&
			v2v_streq(i->where, where))
			return i;
	/* The one too many gets what else there is; it is dropped. */
	if (interfaces->count > V2V_NETREAD_MAX)
		return v2v_items(struct v2v_interface, interfaces) +
		       V2V_NETREAD_MAX;
	added = v2v_list_add(interfaces, sizeof *added);
	added->name = v2v_strdup(name);
	added->where = v2v_strdup(where);
	return added;
}

static bool is_known(const struct v2v_list *interfaces, const char *name)
{
	v2v_list_foreach (const struct v2v_interface, i, interfaces)
		if (v2v_streq(i->name, name))
			return true;
	return false;
}

void v2v_netread_members(
	struct v2v_list *interfaces, const char *words, const char *where)
{
	static const char between[] = " \t\r\n,;\"'";

	for (words += strspn(words, between); *words;
		words += strspn(words, between)) {
		size_t n = strcspn(words, between);
		CLEANUP_FREE char *name = v2v_strndup(words, n);

		if (v2v_network_is_card(name) && !is_known(interfaces, name))
			v2v_netread_add(interfaces, name, where);
		words += n;
	}
}

static bool has_address(const struct v2v_interface *iface, const char *address)
{
	v2v_list_foreach (char *, known, &iface->addresses)
		if (strcmp(*known, address) == 0)
			return true;
	return false;
}

void v2v_netread_address(
	struct v2v_interface *iface, const char *address, const char *netmask)
{
	CLEANUP_FREE char *whole = NULL;

	if (iface->addresses.count >= MAX_ADDRESSES ||
		strlen(address) > MAX_ADDRESS)
		return;
	whole = strchr(address, '/') || !netmask
			? v2v_strdup(address)
			: v2v_format("%s/%u", address,
				  v2v_network_prefix(netmask));
	if (*address && !has_address(iface, whole))
		v2v_list_add_string(&iface->addresses, whole);
}

void v2v_netread_method(struct v2v_interface *iface, bool dhcp)
{
	if (!iface->method && (dhcp || iface->addresses.count))
		iface->method = v2v_strdup(dhcp ? "dhcp" : "static");
}

bool v2v_network_is_card(const char *name)
{
	static const char *const prefixes[] = { "en", "eth", "wl", "ib", "net",
		"lan" };
	static const char *const others[] = { "enc", "ibs" };

	if (!name || v2v_netread_is_virtual(name))
		return false;
	if (v2v_starts_with_any(name, others))
		return false;
	/* biosdevname's: em1, p2p1 */
	if (v2v_starts_with(name, "em") && name[2] &&
		!name[2 + strspn(name + 2, "0123456789_")])
		return true;
	if (*name == 'p' && name[1] >= '0' && name[1] <= '9')
		return true;
	return v2v_starts_with_any(name, prefixes);
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

bool v2v_pairing_is_kernel_name(const char *name, uint64_t *ret_number)
{
	uint64_t number;

	return name && v2v_starts_with(name, "eth") &&
	       v2v_parse_u64(
		       name + strlen("eth"), ret_number ? ret_number : &number);
}
