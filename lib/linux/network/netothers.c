/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dhcpcd.conf(5), the profiles of netctl, and booster.yaml. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* "ip_address=192.0.2.7/24" behind `static` or `inform`; "": by DHCP */
static void read_static(struct v2v_interface *iface, const char *words)
{
	static const char *const keys[] = { "ip_address=", "ip6_address=" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (v2v_starts_with(words, keys[i]))
			v2v_netread_address(
				iface, words + strlen(keys[i]), NULL);
}

/* What comes before the first `interface` is for all cards; a profile is
 * asked for by a name of its own.  A card without an address has DHCP. */
void v2v_network_dhcpcd(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct v2v_interface *iface = NULL;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line), *rest;

		word[strcspn(word, "#")] = '\0';
		rest = v2v_line_trim(v2v_line_split(word));
		if (strcmp(word, "interface") == 0)
			iface = v2v_netread_is_virtual(rest)
					? NULL
					: v2v_netread_add(
						  interfaces, rest, where);
		else if (strcmp(word, "profile") == 0)
			iface = NULL;
		else if (iface && (strcmp(word, "static") == 0 ||
					  strcmp(word, "inform") == 0))
			read_static(iface, rest);
	}
	v2v_list_foreach (struct v2v_interface, one, interfaces)
		if (v2v_streq(one->where, where))
			v2v_netread_method(one, one->addresses.count == 0);
}

/* A profile: a shell's assignments. */
struct profile {
	char *name, *connection, *mac;
	bool dhcp;
	struct v2v_list addresses, members; /* of char * */
};

static void profile_clear(struct profile *p)
{
	free(p->name);
	free(p->connection);
	free(p->mac);
	v2v_strings_clear(&p->addresses);
	v2v_strings_clear(&p->members);
}

/* The words of a value, "('192.0.2.7/24' '…')" */
static void add_words(struct v2v_list *words, const char *value)
{
	static const char between[] = " \t\"'()";

	for (value += strspn(value, between); *value && *value != '#';
		value += strspn(value, between)) {
		size_t n = strcspn(value, between);
		CLEANUP_FREE char *word = v2v_strndup(value, n);

		v2v_list_add_string(words, word);
		value += n;
	}
}

static void set_word(char **field, const char *value)
{
	struct v2v_list words CLEANUP_STRINGS = { 0 };

	add_words(&words, value);
	free(*field);
	*field = words.count ? v2v_strdup(*v2v_items(char *, &words)) : NULL;
}

static void set_profile(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct profile *p = opaque;
	CLEANUP_FREE char *word = NULL;

	(void)section;
	if (strcmp(key, "Interface") == 0)
		set_word(&p->name, value);
	else if (strcmp(key, "Connection") == 0)
		set_word(&p->connection, value);
	else if (strcmp(key, "MACAddress") == 0)
		set_word(&p->mac, value);
	else if (strcmp(key, "Address") == 0 || strcmp(key, "Address6") == 0)
		add_words(&p->addresses, value);
	else if (strcmp(key, "BindsToInterfaces") == 0)
		add_words(&p->members, value);
	if (strcmp(key, "IP") == 0) {
		set_word(&word, value);
		p->dhcp = v2v_streq(word, "dhcp");
	}
}

void v2v_network_netctl(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(profile_clear))) struct profile p = { 0 };
	struct v2v_interface *iface;

	v2v_ini_read(text, set_profile, &p);
	v2v_list_foreach (char *, member, &p.members)
		v2v_netread_members(interfaces, *member, where);
	if (!p.name || v2v_netread_is_virtual(p.name) ||
		!v2v_streq(p.connection, "ethernet"))
		return;
	iface = v2v_netread_add(interfaces, p.name, where);
	v2v_netread_mac(iface, p.mac);
	v2v_list_foreach (char *, address, &p.addresses)
		v2v_netread_address(iface, *address, NULL);
	v2v_netread_method(iface, p.dhcp);
}

static void add_booster(
	char *words, const char *where, struct v2v_list *interfaces)
{
	static const char between[] = " \t,[]\"'";
	char *save = NULL;

	for (char *word = strtok_r(words, between, &save); word && *word != '#';
		word = strtok_r(NULL, between, &save)) {
		CLEANUP_FREE char *mac = v2v_netread_plain_mac(word);

		if (v2v_netread_is_mac(mac))
			v2v_netread_mac(
				v2v_netread_add(interfaces, "", where), mac);
		else
			v2v_netread_members(interfaces, word, where);
	}
}

void v2v_network_booster(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	static const char key[] = "interfaces:";
	bool is_list = false;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line);

		if (v2v_starts_with(word, key)) {
			is_list = true;
			add_booster(word + strlen(key), where, interfaces);
		} else if (is_list && v2v_starts_with(word, "- ")) {
			add_booster(word + 1, where, interfaces);
		} else if (*word && *word != '#') {
			is_list = false;
		}
	}
}
