/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netplan(5), and cloud-init's network configuration, which has a form of its
 * own (version 1) beside netplan's (2); one of two users of libyaml. */
#include "linux/network/cloudnet.h"
#include "linux/network/netmatch.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

#include <yaml.h>

static void document_cleanup(yaml_document_t *document)
{
	yaml_document_delete(document);
}

static void parser_cleanup(yaml_parser_t *parser)
{
	yaml_parser_delete(parser);
}

static const char *scalar(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE)
		return NULL;
	return (const char *)node->data.scalar.value;
}

/* Aliases make many nodes of few bytes, each member of which would be gone
 * through for each: a machine has less. */
#define MAX_ANCHORS 256
#define MAX_NODES   V2V_NETREAD_MAX

static yaml_node_pair_t *end_of_pairs(const yaml_node_t *mapping)
{
	yaml_node_pair_t *start = mapping->data.mapping.pairs.start;
	yaml_node_pair_t *top = mapping->data.mapping.pairs.top;

	return top - start > MAX_NODES ? start + MAX_NODES : top;
}

static yaml_node_item_t *end_of_items(const yaml_node_t *sequence)
{
	yaml_node_item_t *start = sequence->data.sequence.items.start;
	yaml_node_item_t *top = sequence->data.sequence.items.top;

	return top - start > MAX_NODES ? start + MAX_NODES : top;
}

static yaml_node_t *member(
	yaml_document_t *document, const yaml_node_t *node, const char *key)
{
	yaml_node_pair_t *pair;

	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = node->data.mapping.pairs.start; pair < end_of_pairs(node);
		pair++)
		if (v2v_streq(
			    scalar(yaml_document_get_node(document, pair->key)),
			    key))
			return yaml_document_get_node(document, pair->value);
	return NULL;
}

/* YAML 1.1's words. */
static bool is_true(const char *word)
{
	return word &&
	       (strcasecmp(word, "true") == 0 || strcasecmp(word, "yes") == 0 ||
		       strcasecmp(word, "on") == 0 ||
		       strcasecmp(word, "y") == 0);
}

/* A scalar, or the scalars of a list, blanks between them; the caller's, or
 * NULL. */
static char *words_of(yaml_document_t *document, const yaml_node_t *node)
{
	struct v2v_text words CLEANUP_TEXT = { 0 };
	yaml_node_item_t *item;

	if (!node || node->type != YAML_SEQUENCE_NODE)
		return v2v_strdup(scalar(node));
	for (item = node->data.sequence.items.start; item < end_of_items(node);
		item++) {
		const char *word =
			scalar(yaml_document_get_node(document, *item));

		if (word)
			v2v_text_join(&words, " ", "%s", word);
	}
	return words.length ? v2v_text_take(&words) : NULL;
}

/* An address is a scalar, or a mapping whose only key it is (label, lifetime)
 */
static const char *address_of(yaml_document_t *document, yaml_node_t *node)
{
	if (node && node->type == YAML_MAPPING_NODE &&
		node->data.mapping.pairs.start < node->data.mapping.pairs.top)
		return scalar(yaml_document_get_node(
			document, node->data.mapping.pairs.start->key));
	return scalar(node);
}

static void read_addresses(yaml_document_t *document, yaml_node_t *list,
	struct v2v_interface *iface)
{
	yaml_node_item_t *item;

	if (!list || list->type != YAML_SEQUENCE_NODE)
		return;
	for (item = list->data.sequence.items.start; item < end_of_items(list);
		item++) {
		const char *address = address_of(
			document, yaml_document_get_node(document, *item));

		if (address)
			v2v_netread_address(iface, address, NULL);
	}
}

/* `set-name` is the name in the guest; else the key, unless it is only a label
 * for a `match`: "" then, for a card of any name. */
static const char *name_of(
	yaml_document_t *document, yaml_node_t *node, const char *key)
{
	const char *set = scalar(member(document, node, "set-name"));
	yaml_node_t *match = member(document, node, "match");
	const char *name = scalar(member(document, match, "name"));

	if (set)
		return set;
	if (name && !strpbrk(name, "*?["))
		return name;
	return match && !v2v_network_is_card(key) ? "" : key;
}

/* netplan reads all its files as one: what a later one says of a card is added
 * to what an earlier one said. */
static struct v2v_interface *find_or_add(
	struct v2v_list *interfaces, const char *name, const char *where)
{
	v2v_list_foreach (struct v2v_interface, i, interfaces)
		if (*name && v2v_streq(i->name, name) &&
			strstr(i->where, "/netplan/"))
			return i;
	return v2v_netread_add(interfaces, name, where);
}

static void read_method(yaml_document_t *document, yaml_node_t *node,
	struct v2v_interface *iface)
{
	const char *four = scalar(member(document, node, "dhcp4"));
	const char *six = scalar(member(document, node, "dhcp6"));

	/* The later file holds. */
	if (four || six || iface->addresses.count)
		free(v2v_take(iface->method));
	v2v_netread_method(iface, is_true(four) || is_true(six));
}

/* How `match` finds the card that set-name, or nothing, names. */
static void read_match(yaml_document_t *document, yaml_node_t *node,
	struct v2v_interface *iface)
{
	yaml_node_t *node_match = member(document, node, "match");
	const char *name = scalar(member(document, node_match, "name"));
	CLEANUP_FREE char *driver =
		words_of(document, member(document, node_match, "driver"));
	struct v2v_netmatch match CLEANUP_NETMATCH = { 0 };

	if (driver)
		v2v_netmatch_property(&match, "DRIVER", "driver", driver);
	if (!member(document, node, "set-name")) {
		if (!*iface->name && !iface->driver)
			iface->driver = v2v_take(driver);
		return;
	}
	if (name)
		v2v_netmatch_property(&match, "INTERFACE", "name", name);
	if (node_match)
		v2v_netmatch_tell(&match, iface, "name");
}

static void read_ethernet(yaml_document_t *document, const char *key,
	yaml_node_t *node, const char *where, struct v2v_list *interfaces)
{
	const char *name = name_of(document, node, key);
	yaml_node_t *match = member(document, node, "match");
	const char *mac = scalar(member(document, match, "macaddress"));
	const char *set_mac = scalar(member(document, node, "macaddress"));
	struct v2v_interface *iface;

	if (*name ? v2v_netread_is_virtual(name)
		  : !v2v_netread_is_mac(mac) &&
				!member(document, match, "driver"))
		return;
	iface = find_or_add(interfaces, name, where);
	v2v_netread_mac(iface, mac);
	v2v_netread_mac(iface, set_mac);
	read_match(document, node, iface);
	read_addresses(document, member(document, node, "addresses"), iface);
	read_method(document, node, iface);
}

/* The cards of bonds, bridges and VLANs are here too. */
static void read_version_2(yaml_document_t *document, yaml_node_t *network,
	const char *where, struct v2v_list *interfaces)
{
	yaml_node_t *ethernets = member(document, network, "ethernets");
	yaml_node_pair_t *pair;

	if (ethernets && ethernets->type == YAML_MAPPING_NODE)
		for (pair = ethernets->data.mapping.pairs.start;
			pair < end_of_pairs(ethernets); pair++) {
			const char *key = scalar(
				yaml_document_get_node(document, pair->key));

			if (key)
				read_ethernet(document, key,
					yaml_document_get_node(
						document, pair->value),
					where, interfaces);
		}
}

static void read_subnets(yaml_document_t *document, yaml_node_t *list,
	struct v2v_interface *iface)
{
	yaml_node_item_t *item;
	bool dhcp = false;

	if (!list || list->type != YAML_SEQUENCE_NODE)
		return;
	for (item = list->data.sequence.items.start; item < end_of_items(list);
		item++) {
		yaml_node_t *subnet = yaml_document_get_node(document, *item);
		const char *type = scalar(member(document, subnet, "type"));
		const char *address =
			scalar(member(document, subnet, "address"));

		dhcp |= type && v2v_starts_with(type, "dhcp");
		if (address)
			v2v_netread_address(iface, address,
				scalar(member(document, subnet, "netmask")));
	}
	v2v_netread_method(iface, dhcp);
}

/* The cards below a bond, a bridge or a VLAN. */
static void read_members(yaml_document_t *document, yaml_node_t *node,
	const char *where, struct v2v_list *interfaces)
{
	static const char *const keys[] = { "bond_interfaces",
		"bridge_interfaces", "vlan_link" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		CLEANUP_FREE char *names =
			words_of(document, member(document, node, keys[i]));

		if (names)
			v2v_netread_members(interfaces, names, where);
	}
}

/* `config: [{type: physical, name: eth0, mac_address: …, subnets: […]}]` */
static void read_version_1(yaml_document_t *document, yaml_node_t *network,
	const char *where, struct v2v_list *interfaces)
{
	yaml_node_t *list = member(document, network, "config");
	yaml_node_item_t *item;

	if (!list || list->type != YAML_SEQUENCE_NODE)
		return;
	for (item = list->data.sequence.items.start; item < end_of_items(list);
		item++) {
		yaml_node_t *node = yaml_document_get_node(document, *item);
		const char *name = scalar(member(document, node, "name"));
		struct v2v_interface *iface;

		read_members(document, node, where, interfaces);
		if (!name || v2v_netread_is_virtual(name) ||
			!v2v_streq(scalar(member(document, node, "type")),
				"physical"))
			continue;
		iface = v2v_netread_add(interfaces, name, where);
		v2v_netread_mac(
			iface, scalar(member(document, node, "mac_address")));
		read_subnets(
			document, member(document, node, "subnets"), iface);
	}
}

/* libyaml compares each anchor and alias with all anchors before. */
static bool is_sane(const char *text)
{
	size_t anchors = 0;

	for (; (text = strchr(text, '&')); text++)
		anchors++;
	return anchors <= MAX_ANCHORS;
}

/* Load a text into *@document; false where it is not YAML. */
static bool load(const char *text, yaml_document_t *document)
{
	__attribute__((cleanup(parser_cleanup))) yaml_parser_t parser = { 0 };

	if (!is_sane(text))
		return false;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)text, strlen(text));
	return yaml_parser_load(&parser, document);
}

void v2v_network_netplan(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(document_cleanup)))
	yaml_document_t document = { 0 };
	yaml_node_t *root, *network;

	if (!load(text, &document))
		return;
	root = yaml_document_get_root_node(&document);
	network = member(&document, root, "network");
	/* cloud-init's seeds begin below it. */
	if (!network && member(&document, root, "version"))
		network = root;
	read_version_2(&document, network, where, interfaces);
	read_version_1(&document, network, where, interfaces);
}

bool v2v_cloudnet_is_disabled(const char *text)
{
	__attribute__((cleanup(document_cleanup)))
	yaml_document_t document = { 0 };
	yaml_node_t *network;

	if (!load(text, &document))
		return false;
	network = member(
		&document, yaml_document_get_root_node(&document), "network");
	return v2v_streq(
		scalar(member(&document, network, "config")), "disabled");
}
