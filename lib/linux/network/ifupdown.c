/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interfaces(5): stanzas of lines, `iface NAME FAMILY METHOD`. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* What one `iface` says; several of a name become one interface. */
struct stanza {
	char *name, *inherits;
	bool is_virtual;	 /* a bridge, a bond, a tunnel */
	struct v2v_list members; /* of char *: lines that name cards */
	struct v2v_interface iface;
};

/* `mapping eth0 …`, and the lines below it. */
struct mapping {
	char *names;		 /* blanks between them */
	struct v2v_list logical; /* of char *: "KEY NAME" of each map */
	bool is_used;		 /* a stanza is for one, whatever its MAC */
};

/* Each stanza is looked for in all lines of mappings. */
#define MAX_MAPS 256

/* What a file says. */
struct file {
	struct v2v_list stanzas, mappings;
	size_t maps; /* lines of mappings so far */
};

static void mappings_clear(struct v2v_list *mappings)
{
	v2v_list_foreach (struct mapping, m, mappings) {
		free(m->names);
		v2v_strings_clear(&m->logical);
	}
	free(mappings->items);
}

static void stanzas_clear(struct v2v_list *stanzas)
{
	v2v_list_foreach (struct stanza, s, stanzas) {
		free(s->name);
		free(s->inherits);
		v2v_strings_clear(&s->members);
		v2v_strings_clear(&s->iface.addresses);
		free(s->iface.mac);
		free(s->iface.method);
	}
	free(stanzas->items);
}

static void file_clear(struct file *file)
{
	stanzas_clear(&file->stanzas);
	mappings_clear(&file->mappings);
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
	static const char *const words[] = { "auto", "source",
		"source-directory", "no-auto-down", "no-scripts", "template",
		"rename", NULL };

	return is_word(word, words) || v2v_starts_with(word, "allow-");
}

/* Lines that name the cards below a bridge, a bond or a VLAN. */
static bool names_members(const char *word)
{
	static const char *const words[] = { "bridge_ports", "bridge-ports",
		"bond-slaves", "slaves", "bond_slaves", "bond-members",
		"vlan-raw-device", "vlan_raw_device", "bond-primary", NULL };

	return is_word(word, words);
}

/* Begin a stanza with the words behind `iface`; options may follow them
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

/* ifupdown-ng's executors: `use dhcp`, `use bond` */
static void use(struct stanza *s, const char *executor)
{
	static const char *const others[] = { "bond", "bridge", "vlan",
		"tunnel", "wireguard", "vrf", NULL };

	if (strcmp(executor, "dhcp") == 0 && !s->iface.method)
		s->iface.method = v2v_strdup("dhcp");
	s->is_virtual |= is_word(executor, others);
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
	else if (strcmp(word, "use") == 0)
		use(s, rest);
	else if (names_members(word))
		v2v_list_add_string(&s->members, rest);
	if (strncmp(word, "bridge", 6) == 0 || strcmp(word, "slaves") == 0 ||
		strcmp(word, "bond-slaves") == 0 ||
		strcmp(word, "bond-members") == 0 ||
		strcmp(word, "bond-mode") == 0 || strstr(word, "raw") != NULL)
		s->is_virtual = true;
}

static void begin_mapping(struct v2v_list *mappings, const char *names)
{
	struct mapping *m = v2v_list_add(mappings, sizeof *m);

	m->names = v2v_strdup(names);
}

/* What lines below one belong to. */
enum inside { NOTHING, STANZA, MAPPING };

static enum inside read_line(
	struct file *file, enum inside inside, const char *word, char *rest)
{
	if (strcmp(word, "iface") == 0) {
		begin(&file->stanzas, rest);
		return STANZA;
	}
	if (strcmp(word, "mapping") == 0 && file->mappings.count < MAX_MAPS) {
		begin_mapping(&file->mappings, rest);
		return MAPPING;
	}
	if (ends_stanza(word))
		return NOTHING;
	if (inside == STANZA)
		add_line(v2v_items(struct stanza, &file->stanzas) +
				 file->stanzas.count - 1,
			word, rest);
	else if (inside == MAPPING && strcmp(word, "map") == 0 &&
		 file->maps++ < MAX_MAPS)
		v2v_list_add_string(
			&(v2v_items(struct mapping, &file->mappings) +
				file->mappings.count - 1)
				 ->logical,
			rest);
	return inside;
}

static void read_file(const char *text, struct file *file)
{
	enum inside inside = NOTHING;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line);
		char *rest = v2v_line_split(word);

		if (*word && *word != '#')
			inside = read_line(file, inside, word, rest);
	}
}

/* The name of the card that the mapping gives such a stanza to: "" where it is
 * one of several. */
static const char *card_of(const struct mapping *m)
{
	return strpbrk(m->names, " \t*?[") ? "" : m->names;
}

/*
 * A stanza of a name that mappings lead to is for the card that they are about,
 * and no card has the name.  Where a script chooses by MACs one is in the
 * line: "map 00:50:56:aa:00:01 lan".
 */
static void follow_mapping(struct stanza *s, struct v2v_list *mappings)
{
	v2v_list_foreach (struct mapping, m, mappings)
		v2v_list_foreach (char *, line, &m->logical) {
			CLEANUP_FREE char *key = v2v_strdup(*line);
			const char *name = v2v_line_split(key);

			if (strcmp(*name ? name : key, s->name) != 0)
				continue;
			v2v_string_set(&s->name, card_of(m));
			if (!*s->name)
				v2v_netread_mac(&s->iface, key);
			m->is_used |= !s->iface.mac;
			s->is_virtual |= !*s->name && !s->iface.mac;
			return;
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
	v2v_netread_method(iface, false);
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
	__attribute__((cleanup(file_clear))) struct file file = { 0 };

	read_file(text, &file);
	v2v_list_foreach (struct stanza, s, &file.stanzas)
		follow_mapping(s, &file.mappings);
	v2v_list_foreach (const struct stanza, s, &file.stanzas)
		if (!s->is_virtual &&
			(!*s->name || !v2v_netread_is_virtual(s->name)))
			add_stanza(&file.stanzas, s, where, interfaces);
	v2v_list_foreach (const struct stanza, s, &file.stanzas)
		add_members(s, where, interfaces);
	v2v_list_foreach (const struct mapping, m, &file.mappings)
		if (m->is_used)
			v2v_netread_members(interfaces, m->names, where);
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
