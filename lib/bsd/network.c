/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces of rc.conf(5), hostname.if(5) and config.xml. */
#include "bsd/bsd.h"
#include "core/lines.h"
#include "linux/network/netread.h"

#include <ctype.h>

/* What a card has is called otherwise: lagg0, vlan10, bridge0, lo0 … */
static bool is_card(const char *name)
{
	static const char *const others[] = { "lo", "lagg", "vlan", "bridge",
		"tap", "tun", "gif", "gre", "epair", "wg", "ovpn", "pflog",
		"pfsync", "enc", "carp", "trunk", "ipsec", "ng" };
	size_t letters = strcspn(name, "0123456789");
	size_t digits = strspn(name + letters, "0123456789");

	if (!letters || !digits || name[letters + digits])
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strlen(others[i]) == letters &&
			strncmp(name, others[i], letters) == 0)
			return false;
	return true;
}

/* 0xffffff00 is a netmask too. */
static void add_address(
	struct v2v_interface *iface, const char *address, const char *netmask)
{
	CLEANUP_FREE char *bits = NULL;

	if (netmask && v2v_starts_with(netmask, "0x"))
		bits = v2v_format(
			"%d", __builtin_popcountl(strtoul(netmask, NULL, 16)));
	v2v_netread_address(iface, address, bits ? bits : netmask);
}

static void split(struct v2v_list *words, const char *s)
{
	while (*(s += strspn(s, " \t"))) {
		size_t n = strcspn(s, " \t");
		CLEANUP_FREE char *word = v2v_strndup(s, n);

		v2v_list_add_string(words, word);
		s += n;
	}
}

/* Of "inet 192.0.2.7 netmask 255.255.255.0 up", "inet 192.0.2.7/24",
 * "inet 192.0.2.7 0xffffff00": @word is the third. */
static const char *netmask_at(char *const *word, size_t left)
{
	bool is_named = left > 1 && (strcmp(*word, "netmask") == 0 ||
					    strcmp(*word, "prefixlen") == 0);

	if (is_named)
		return word[1];
	return left && isdigit((unsigned char)**word) ? *word : NULL;
}

static void read_words(struct v2v_interface *iface, const char *text)
{
	static const char *const by_dhcp[] = { "DHCP", "SYNCDHCP", "NOSYNCDHCP",
		"autoconf" };
	struct v2v_list words CLEANUP_STRINGS = { 0 };
	char **word;
	bool dhcp = false;

	split(&words, text);
	word = words.items;
	/* NetBSD may leave "inet" out. */
	if (words.count && isdigit((unsigned char)**word))
		add_address(
			iface, *word, netmask_at(word + 1, words.count - 1));
	for (size_t i = 0; i < words.count; i++) {
		for (size_t k = 0; k < 4; k++)
			dhcp |= strcasecmp(word[i], by_dhcp[k]) == 0;
		if (v2v_starts_with(word[i], "inet") && i + 1 < words.count &&
			strpbrk(word[i + 1], ".:"))
			add_address(iface, word[i + 1],
				netmask_at(word + i + 2, words.count - i - 2));
	}
	v2v_netread_method(iface, dhcp);
}

/* ifconfig_vmx0="inet …", ifconfig_vmx0_ipv6="inet6 …", ifconfig_vmx0_alias0=
 */
static void read_rc_line(
	char *line, const char *where, struct v2v_list *interfaces)
{
	static const char key[] = "ifconfig_";
	char *value = strchr(line, '=');
	char *name = line + strlen(key);

	if (!v2v_starts_with(line, key) || !value)
		return;
	*value++ = '\0';
	name[strcspn(name, "_")] = '\0';
	if (is_card(name))
		read_words(v2v_netread_add(interfaces, name, where),
			v2v_line_trim(v2v_line_unquote(v2v_line_trim(value))));
}

static void read_rc(const char *text, const char *where, struct v2v_list *list)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		read_rc_line(v2v_line_trim(line), where, list);
	}
}

/* /etc/hostname.vmx0 of OpenBSD, ifconfig.wm0 of NetBSD: lines of words. */
static void read_file_of_card(const struct v2v_tree *tree, const char *name,
	struct v2v_list *interfaces)
{
	const char *dot = strchr(name, '.');
	CLEANUP_FREE char *path = v2v_format("/etc/%s", name);
	CLEANUP_FREE char *text = NULL;
	const char *s;

	if (!dot || !is_card(dot + 1))
		return;
	text = v2v_tree_text(tree, path);
	s = text ? text : "";
	while (*s) {
		CLEANUP_FREE char *line = v2v_line_next(&s);

		line[strcspn(line, "#")] = '\0';
		read_words(v2v_netread_add(interfaces, dot + 1, path),
			v2v_line_trim(line));
	}
}

void v2v_bsd_network(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	static const char *const rc[] = { "/etc/rc.conf",
		"/etc/rc.conf.local" };
	static const char *const xml[] = { "/cf/conf/config.xml",
		"/conf/config.xml" };
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	CLEANUP_FREE char *config = NULL;

	for (size_t i = 0; i < 2; i++) {
		CLEANUP_FREE char *text = v2v_tree_text(tree, rc[i]);

		if (text)
			read_rc(text, rc[i], &inspect->network);
	}
	/* On an installed system /conf leads to /cf/conf. */
	for (size_t i = 0; i < 2 && !config; i++) {
		config = v2v_tree_text(tree, xml[i]);
		if (config)
			v2v_bsd_config_xml(config, xml[i], &inspect->network,
				&inspect->hostname);
	}
	v2v_tree_list(tree, "/etc", &names);
	v2v_list_foreach (char *, name, &names)
		if (v2v_starts_with(*name, "hostname.") ||
			v2v_starts_with(*name, "ifconfig."))
			read_file_of_card(tree, *name, &inspect->network);
}
