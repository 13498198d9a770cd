/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interfaces(5): stanzas of lines, `iface NAME FAMILY METHOD`. */
#include "guest/files.h"
#include "inspect/lines.h"
#include "inspect/netread.h"
#include "inspect/network.h"

/* What one `iface` says; several of a name become one interface. */
struct stanza {
	char *name, *inherits;
	bool is_virtual;	 /* a bridge, a bond, a tunnel */
	struct v2v_list members; /* of char *: lines that name cards */
	struct v2v_interface iface;
};

static void stanzas_clear(struct v2v_list *stanzas)
{
	v2v_list_foreach (struct stanza, s, stanzas) {
		free(s->name);
		free(s->inherits);
		v2v_guest_names_clear(&s->members);
		v2v_guest_names_clear(&s->iface.addresses);
		free(s->iface.mac);
		free(s->iface.method);
	}
	free(stanzas->items);
}

static bool is_word(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool ends_stanza(const char *word)
{
	static const char *const words[] = { "auto", "source", "mapping",
		"source-directory", "no-auto-down", "no-scripts", "template",
		"rename", NULL };

	return is_word(word, words) || v2v_starts_with(word, "allow-");
}

/* Lines that name the cards below a bridge, a bond or a VLAN. */
static bool names_members(const char *word)
{
	static const char *const words[] = { "bridge_ports", "bridge-ports",
		"bond-slaves", "slaves", "bond_slaves", "vlan-raw-device",
		"vlan_raw_device", "bond-primary", NULL };

	return is_word(word, words);
}

/* Begin a stanza with the words behind `iface`; options may stand behind them
 * on newer systems: `inherits TEMPLATE`. */
static void begin(struct v2v_list *stanzas, char *rest)
{
	static const char *const tunnels[] = { "v4tunnel", "6to4", "tunnel",
		"ppp", "wvdial", "loopback", NULL };
	char *words[8] = { rest };
	struct stanza *s = v2v_list_add(stanzas, sizeof *s);

	for (size_t i = 1; i < 8; i++)
		words[i] = v2v_line_split(words[i - 1]);
	v2v_line_split(words[7]);
	s->name = v2v_strdup(words[0]);
	s->is_virtual = is_word(words[2], tunnels);
	if (strcmp(words[2], "dhcp") == 0 || strcmp(words[2], "static") == 0)
		s->iface.method = v2v_strdup(words[2]);
	for (size_t i = 1; i < 7; i++)
		if (strcmp(words[i], "inherits") == 0 && !s->inherits)
			s->inherits = v2v_strdup(words[i + 1]);
}

/* A `netmask` line completes the address before it. */
static void add_netmask(struct v2v_interface *iface, const char *netmask)
{
	char **last;
	char *whole;

	if (iface->addresses.count == 0)
		return;
	last = v2v_items(char *, &iface->addresses) + iface->addresses.count -
	       1;
	if (strchr(*last, '/'))
		return;
	whole = v2v_format("%s/%u", *last, v2v_network_prefix(netmask));
	free(*last);
	*last = whole;
}

static void add_line(struct stanza *s, const char *word, const char *rest)
{
	if (strcmp(word, "address") == 0)
		v2v_netread_address(&s->iface, rest, NULL);
	else if (strcmp(word, "netmask") == 0)
		add_netmask(&s->iface, rest);
	else if (strcmp(word, "inherits") == 0 && !s->inherits)
		s->inherits = v2v_strdup(rest);
	else if (strcmp(word, "hwaddress") == 0)
		v2v_netread_mac(&s->iface, v2v_starts_with(rest, "ether ")
						   ? rest + strlen("ether ")
						   : rest);
	else if (names_members(word))
		v2v_list_add_string(&s->members, rest);
	if (strncmp(word, "bridge", 6) == 0 || strcmp(word, "slaves") == 0 ||
		strcmp(word, "bond-slaves") == 0 ||
		strcmp(word, "bond-mode") == 0 || strstr(word, "raw") != NULL)
		s->is_virtual = true;
}

static void read_stanzas(const char *text, struct v2v_list *stanzas)
{
	bool inside = false;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line);
		char *rest = v2v_line_split(word);

		if (!*word || *word == '#')
			continue;
		if (strcmp(word, "iface") == 0) {
			begin(stanzas, rest);
			inside = true;
		} else if (ends_stanza(word)) {
			inside = false;
		} else if (inside) {
			add_line(v2v_items(struct stanza, stanzas) +
					 stanzas->count - 1,
				word, rest);
		}
	}
}

static void add_stanza(const struct v2v_list *stanzas, const struct stanza *s,
	const char *where, struct v2v_list *interfaces)
{
	struct v2v_interface *iface =
		v2v_netread_add(interfaces, s->name, where);

	v2v_netread_mac(iface, s->iface.mac);
	if (!iface->method)
		iface->method = v2v_strdup(s->iface.method);
	v2v_list_foreach (char *, address, &s->iface.addresses)
		v2v_netread_address(iface, *address, NULL);
	v2v_list_foreach (const struct stanza, base, stanzas)
		if (base != s && v2v_streq(base->name, s->inherits)) {
			v2v_netread_mac(iface, base->iface.mac);
			v2v_list_foreach (
				char *, address, &base->iface.addresses)
				v2v_netread_address(iface, *address, NULL);
		}
}

/* The card of `eth0.100` and `eth0:1`, and those that a bond names. */
static void add_members(
	const struct stanza *s, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_FREE char *base = v2v_strndup(s->name, strcspn(s->name, ".:"));

	v2v_netread_members(interfaces, base, where);
	v2v_list_foreach (char *, line, &s->members)
		v2v_netread_members(interfaces, *line, where);
}

void v2v_network_ifupdown(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(stanzas_clear))) struct v2v_list stanzas = { 0 };

	read_stanzas(text, &stanzas);
	v2v_list_foreach (const struct stanza, s, &stanzas)
		if (!s->is_virtual && !v2v_netread_is_virtual(s->name))
			add_stanza(&stanzas, s, where, interfaces);
	v2v_list_foreach (const struct stanza, s, &stanzas)
		add_members(s, where, interfaces);
}

void v2v_network_sources(const char *text, struct v2v_list *patterns)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line);
		char *rest = v2v_line_split(word);
		bool directory = strcmp(word, "source-directory") == 0;
		CLEANUP_FREE char *pattern = NULL;

		if (!*rest || (!directory && strcmp(word, "source") != 0))
			continue;
		pattern = v2v_format("%s%s%s",
			*rest == '/' ? "" : "/etc/network/", rest,
			directory ? "/*" : "");
		v2v_list_add_string(patterns, pattern);
	}
}
