/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wicked's XML: /etc/wicked/ifconfig/NAME.xml, /var/lib/wicked/lease-*.xml.
 * Only a few elements matter and none nests in itself: a scan for tags. */
#include "inspect/netread.h"
#include "inspect/network.h"

/* The content of the first <@tag> in the @n bytes at @text, blanks trimmed, the
 * caller's; NULL where there is none.  *@ret_end is what follows. */
static char *element(
	const char *text, size_t n, const char *tag, const char **ret_end)
{
	CLEANUP_FREE char *close = v2v_format("</%s>", tag);
	size_t length = strlen(tag);
	const char *s = text, *limit = text + n, *end;

	while ((s = memchr(s, '<', (size_t)(limit - s)))) {
		s++;
		if ((size_t)(limit - s) <= length ||
			strncmp(s, tag, length) != 0 ||
			!strchr("> \t\n", s[length]))
			continue;
		s = memchr(s, '>', (size_t)(limit - s));
		end = s ? memmem(s, (size_t)(limit - s), close, strlen(close))
			: NULL;
		if (!end)
			return NULL;
		s++;
		*ret_end = end + strlen(close);
		s += strspn(s, " \t\r\n");
		while (end > s && strchr(" \t\r\n", end[-1]))
			end--;
		return v2v_strndup(s, (size_t)(end - s));
	}
	return NULL;
}

static char *element_of(const char *text, const char *tag)
{
	const char *end;

	return text ? element(text, strlen(text), tag, &end) : NULL;
}

/* <ipv4:static><address><local>192.0.2.7/24</local></address></ipv4:static> */
static void read_addresses(struct v2v_interface *iface, const char *text)
{
	const char *rest = text, *end = text + strlen(text);

	for (;;) {
		CLEANUP_FREE char *local =
			element(rest, (size_t)(end - rest), "local", &rest);

		if (!local)
			return;
		v2v_netread_address(iface, local, NULL);
	}
}

/* <bond><slaves><slave><device>eth0</device>…, <vlan><device>eth0</device> */
static void read_devices(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	const char *rest = text, *end = text ? text + strlen(text) : NULL;

	while (text) {
		CLEANUP_FREE char *device =
			element(rest, (size_t)(end - rest), "device", &rest);

		if (!device)
			return;
		v2v_netread_members(interfaces, device, where);
	}
}

static void read_interface(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_FREE char *name = element_of(text, "name");
	CLEANUP_FREE char *ethernet = element_of(text, "ethernet");
	CLEANUP_FREE char *mac = element_of(ethernet, "address");
	CLEANUP_FREE char *bridge = element_of(text, "bridge");
	CLEANUP_FREE char *bond = element_of(text, "bond");
	CLEANUP_FREE char *vlan = element_of(text, "vlan");
	struct v2v_interface *iface;

	read_devices(bridge, where, interfaces);
	read_devices(bond, where, interfaces);
	read_devices(vlan, where, interfaces);
	if (!name || bridge || bond || vlan || v2v_netread_is_virtual(name))
		return;
	iface = v2v_netread_add(interfaces, name, where);
	v2v_netread_mac(iface, mac);
	read_addresses(iface, text);
	v2v_netread_method(iface, strstr(text, "<ipv4:dhcp") != NULL);
}

void v2v_network_wicked(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	const char *rest = text, *end = text + strlen(text);

	for (;;) {
		CLEANUP_FREE char *one =
			element(rest, (size_t)(end - rest), "interface", &rest);

		if (!one)
			return;
		read_interface(one, where, interfaces);
	}
}

/* lease-eth0-dhcp-ipv4.xml: the name is the file's. */
void v2v_network_wicked_lease(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	const char *base = strrchr(where, '/');
	CLEANUP_FREE char *id = element_of(text, "client-id");
	CLEANUP_FREE char *address = element_of(text, "address");
	CLEANUP_FREE char *name = NULL;
	struct v2v_interface *iface;

	if (!base || !v2v_starts_with(base, "/lease-"))
		return;
	base += strlen("/lease-");
	name = v2v_strndup(base, strcspn(base, "-"));
	if (!v2v_network_is_card(name))
		return;
	iface = v2v_netread_add(interfaces, name, where);
	/* "01:" is ethernet. */
	if (id && v2v_starts_with(id, "01:"))
		v2v_netread_mac(iface, id + strlen("01:"));
	if (address)
		v2v_netread_address(iface, address, NULL);
	v2v_netread_method(iface, true);
}
