/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netplan(5): network.ethernets.NAME; the only user of libyaml. */
#include "inspect/network.h"

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

static yaml_node_t *member(
	yaml_document_t *document, const yaml_node_t *node, const char *key)
{
	yaml_node_pair_t *pair;

	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++)
		if (v2v_streq(
			    scalar(yaml_document_get_node(document, pair->key)),
			    key))
			return yaml_document_get_node(document, pair->value);
	return NULL;
}

static bool is_true(const char *word)
{
	return word &&
	       (strcasecmp(word, "true") == 0 || strcasecmp(word, "yes") == 0 ||
		       strcasecmp(word, "on") == 0);
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
	for (item = list->data.sequence.items.start;
		item < list->data.sequence.items.top; item++) {
		const char *address = address_of(
			document, yaml_document_get_node(document, *item));

		if (address)
			v2v_list_add_string(&iface->addresses, address);
	}
}

/* `set-name` is the name in the guest; else the key, unless it is only a
 * label for a `match`. */
static const char *name_of(
	yaml_document_t *document, yaml_node_t *node, const char *key)
{
	const char *set = scalar(member(document, node, "set-name"));
	yaml_node_t *match = member(document, node, "match");
	const char *name = scalar(member(document, match, "name"));

	if (set)
		return set;
	return name && !strpbrk(name, "*?[") ? name : key;
}

static void read_ethernet(yaml_document_t *document, const char *key,
	yaml_node_t *node, const char *where, struct v2v_list *interfaces)
{
	const char *name = name_of(document, node, key), *mac;
	struct v2v_interface *iface;

	if (!v2v_network_is_card(name))
		return;
	iface = v2v_list_add(interfaces, sizeof *iface);
	iface->name = v2v_strdup(name);
	iface->where = v2v_strdup(where);
	mac = scalar(member(
		document, member(document, node, "match"), "macaddress"));
	iface->mac = v2v_strdup(mac);
	read_addresses(document, member(document, node, "addresses"), iface);
	if (is_true(scalar(member(document, node, "dhcp4"))) ||
		is_true(scalar(member(document, node, "dhcp6"))))
		iface->method = v2v_strdup("dhcp");
	else if (iface->addresses.count)
		iface->method = v2v_strdup("static");
}

void v2v_network_netplan(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(parser_cleanup))) yaml_parser_t parser;
	__attribute__((cleanup(document_cleanup)))
	yaml_document_t document = { 0 };
	yaml_node_t *ethernets;
	yaml_node_pair_t *pair;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)text, strlen(text));
	if (!yaml_parser_load(&parser, &document))
		return;
	ethernets = member(&document,
		member(&document, yaml_document_get_root_node(&document),
			"network"),
		"ethernets");
	if (!ethernets || ethernets->type != YAML_MAPPING_NODE)
		return;
	for (pair = ethernets->data.mapping.pairs.start;
		pair < ethernets->data.mapping.pairs.top; pair++) {
		const char *key =
			scalar(yaml_document_get_node(&document, pair->key));

		if (key)
			read_ethernet(&document, key,
				yaml_document_get_node(&document, pair->value),
				where, interfaces);
	}
}
