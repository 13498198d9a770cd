/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/config/network of OpenWrt, in the syntax of uci. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* More than any router has. */
#define MAX_SECTIONS 512

/* A section "interface", or the "device" of a bridge. */
struct section {
	bool is_interface, is_bridge;
	char *name;	       /* of the device */
	char *proto, *netmask; /* NULL */
	struct v2v_list ports; /* of char * */
	struct v2v_list addrs; /* of char * */
};

static void sections_clear(struct v2v_list *sections)
{
	v2v_list_foreach (struct section, section, sections) {
		free(section->name);
		free(section->proto);
		free(section->netmask);
		v2v_strings_clear(&section->ports);
		v2v_strings_clear(&section->addrs);
	}
	free(sections->items);
}

static void add_words(struct v2v_list *words, const char *value)
{
	while (*(value += strspn(value, " \t"))) {
		size_t n = strcspn(value, " \t");
		CLEANUP_FREE char *word = v2v_strndup(value, n);

		v2v_list_add_string(words, word);
		value += n;
	}
}

/* `option` or `list`: a list is several such lines, or one with blanks.
 * "ifname" is what "device" and "ports" were called before 21.02. */
static void take_option(
	struct section *section, const char *key, const char *value)
{
	if (strcmp(key, section->is_interface ? "device" : "name") == 0)
		v2v_string_set(&section->name, value);
	else if (strcmp(key, "ifname") == 0 || strcmp(key, "ports") == 0)
		add_words(&section->ports, value);
	else if (strcmp(key, "type") == 0)
		section->is_bridge = strcmp(value, "bridge") == 0;
	else if (strcmp(key, "proto") == 0)
		v2v_string_set(&section->proto, value);
	else if (strcmp(key, "netmask") == 0)
		v2v_string_set(&section->netmask, value);
	else if (strcmp(key, "ipaddr") == 0 || strcmp(key, "ip6addr") == 0)
		add_words(&section->addrs, value);
}

static void read_line(struct v2v_list *sections, char *line)
{
	char *key = v2v_line_trim(v2v_line_split(line));
	char *value = v2v_line_unquote(v2v_line_trim(v2v_line_split(key)));
	struct section *section = v2v_items(struct section, sections);

	if (strcmp(line, "config") == 0 && sections->count < MAX_SECTIONS) {
		section = v2v_list_add(sections, sizeof *section);
		section->is_interface =
			strcmp(v2v_line_unquote(key), "interface") == 0;
	} else if (sections->count &&
		   (strcmp(line, "option") == 0 || strcmp(line, "list") == 0)) {
		take_option(&section[sections->count - 1],
			v2v_line_unquote(key), value);
	}
}

static const struct section *find_bridge(
	const struct v2v_list *sections, const char *name)
{
	v2v_list_foreach (const struct section, section, sections)
		if (!section->is_interface && section->is_bridge &&
			v2v_streq(section->name, name))
			return section;
	return NULL;
}

/* "eth0.2" is a VLAN of the card eth0, "@wan" another section. */
static struct v2v_interface *add_card(
	struct v2v_list *interfaces, const char *name, const char *where)
{
	CLEANUP_FREE char *card = v2v_strndup(name, strcspn(name, "."));

	return *card == '@' || v2v_netread_is_virtual(card)
		       ? NULL
		       : v2v_netread_add(interfaces, card, where);
}

static void take_addresses(
	struct v2v_interface *iface, const struct section *section)
{
	v2v_list_foreach (char *, address, &section->addrs)
		v2v_netread_address(iface, *address,
			strchr(*address, ':') ? NULL : section->netmask);
	v2v_netread_method(iface, v2v_streq(section->proto, "dhcp"));
}

/* A bridge's addresses are listed with its first port. */
static void add_interface(const struct v2v_list *sections,
	const struct section *section, const char *where,
	struct v2v_list *interfaces)
{
	const struct section *bridge = find_bridge(sections, section->name);
	const struct v2v_list *ports =
		bridge ? &bridge->ports : &section->ports;
	struct v2v_interface *iface;
	bool is_first = true;

	if (section->name && !bridge) {
		iface = add_card(interfaces, section->name, where);
		if (iface)
			take_addresses(iface, section);
		return;
	}
	v2v_list_foreach (char *, port, ports) {
		iface = add_card(interfaces, *port, where);
		if (iface && is_first)
			take_addresses(iface, section);
		is_first = is_first && !iface;
	}
}

void v2v_network_uci(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((
		cleanup(sections_clear))) struct v2v_list sections = { 0 };

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		read_line(&sections, v2v_line_trim(line));
	}
	v2v_list_foreach (const struct section, section, &sections)
		if (section->is_interface)
			add_interface(&sections, section, where, interfaces);
}
