/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wicked's XML: /etc/wicked/ifconfig/NAME.xml, /var/lib/wicked/lease-*.xml.
 * Interfaces are siblings or children of another element. */
#include "core/xml-read.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

typedef void v2v_see_node(const xmlNode *node, void *opaque);

/* Call @see for each element of that name beneath @parent, none of which nests
 * in another. */
static void each(const xmlNode *parent, const char *name, v2v_see_node *see,
	void *opaque)
{
	for (const xmlNode *n = v2v_node_child(parent, NULL); n;
		n = v2v_node_next(n, NULL))
		if (strcmp((const char *)n->name, name) == 0)
			see(n, opaque);
		else
			each(n, name, see, opaque);
}

static void keep_first(const xmlNode *node, void *opaque)
{
	char **text = opaque;

	if (!*text)
		*text = v2v_node_text(node);
}

/* The text of the first such element beneath @parent; the caller's, or NULL. */
static char *text_of(const xmlNode *parent, const char *name)
{
	char *text = NULL;

	each(parent, name, keep_first, &text);
	return text;
}

/* <ipv4:static><address><local>192.0.2.7/24</local></address></ipv4:static> */
static void see_address(const xmlNode *node, void *opaque)
{
	CLEANUP_FREE char *local = v2v_node_text(node);

	if (local)
		v2v_netread_address(opaque, local, NULL);
}

/* Where the interfaces of a file go. */
struct reading {
	const char *where;
	struct v2v_list *interfaces;
};

/* <bond><slaves><slave><device>eth0</device>…, <vlan><device>eth0</device> */
static void see_member(const xmlNode *node, void *opaque)
{
	const struct reading *r = opaque;
	CLEANUP_FREE char *device = v2v_node_text(node);

	if (device)
		v2v_netread_members(r->interfaces, device, r->where);
}

/* <ipv4:dhcp>, whose prefix nobody declares. */
static bool is_dhcp(const xmlNode *node)
{
	const char *prefix = node->ns ? (const char *)node->ns->prefix : NULL;
	const char *name = (const char *)node->name;

	return v2v_starts_with(name, "ipv4:dhcp") ||
	       (v2v_streq(prefix, "ipv4") && v2v_starts_with(name, "dhcp"));
}

static bool has_dhcp(const xmlNode *interface)
{
	for (const xmlNode *n = v2v_node_child(interface, NULL); n;
		n = v2v_node_next(n, NULL))
		if (is_dhcp(n))
			return true;
	return false;
}

static void see_interface(const xmlNode *node, void *opaque)
{
	static const char *const kinds[] = { "bridge", "bond", "vlan" };
	const struct reading *r = opaque;
	CLEANUP_FREE char *name = v2v_node_child_text(node, "name");
	CLEANUP_FREE char *mac = v2v_node_child_text(
		v2v_node_child(node, "ethernet"), "address");
	struct v2v_interface *iface;
	bool is_other = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const xmlNode *kind = v2v_node_child(node, kinds[i]);

		is_other |= kind != NULL;
		each(kind, "device", see_member, opaque);
	}
	if (!name || is_other || v2v_netread_is_virtual(name))
		return;
	iface = v2v_netread_add(r->interfaces, name, r->where);
	v2v_netread_mac(iface, mac);
	each(node, "local", see_address, iface);
	v2v_netread_method(iface, has_dhcp(node));
}

void v2v_network_wicked(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_XML_DOC xmlDoc *doc = v2v_xml_parse_fragment(text);
	struct reading r = { where, interfaces };

	if (doc)
		each(xmlDocGetRootElement(doc), "interface", see_interface, &r);
}

/* lease-eth0-dhcp-ipv4.xml: the name is the file's. */
void v2v_network_wicked_lease(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	const char *base = strrchr(where, '/');
	CLEANUP_XML_DOC xmlDoc *doc = v2v_xml_parse_fragment(text);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	CLEANUP_FREE char *id = text_of(root, "client-id");
	CLEANUP_FREE char *address = text_of(root, "address");
	CLEANUP_FREE char *name = NULL;
	struct v2v_interface *iface;

	if (!root || !base || !v2v_starts_with(base, "/lease-"))
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
