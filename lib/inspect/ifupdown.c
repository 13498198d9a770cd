/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interfaces(5): stanzas of lines, `iface NAME FAMILY METHOD`. */
#include "core/fields.h"
#include "inspect/lines.h"
#include "inspect/network.h"

static struct v2v_interface *find_or_add(
	struct v2v_list *interfaces, const char *name, const char *where)
{
	struct v2v_interface *found;

	v2v_list_foreach (struct v2v_interface, i, interfaces)
		if (v2v_streq(i->name, name) && v2v_streq(i->where, where))
			return i;
	found = v2v_list_add(interfaces, sizeof *found);
	found->name = v2v_strdup(name);
	found->where = v2v_strdup(where);
	return found;
}

static void add_address(struct v2v_interface *iface, const char *address)
{
	v2v_list_add_string(&iface->addresses, address);
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

static void read_method(struct v2v_interface *iface, const char *method)
{
	if (strcmp(method, "static") && strcmp(method, "dhcp"))
		return;
	if (!iface->method)
		iface->method = v2v_strdup(method);
}

static bool ends_stanza(const char *word)
{
	return strcmp(word, "auto") == 0 || strcmp(word, "source") == 0 ||
	       strcmp(word, "mapping") == 0 ||
	       strcmp(word, "source-directory") == 0 ||
	       v2v_starts_with(word, "allow-");
}

/* The interface that the following lines are about; -1: none of ours. */
static int64_t begin_iface(
	char *rest, const char *where, struct v2v_list *interfaces)
{
	char *family = v2v_line_split(rest);
	char *method = v2v_line_split(family);
	struct v2v_interface *iface;

	v2v_line_split(method);
	if (!v2v_network_is_card(rest))
		return -1;
	iface = find_or_add(interfaces, rest, where);
	read_method(iface, method);
	return iface - v2v_items(struct v2v_interface, interfaces);
}

void v2v_network_ifupdown(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	int64_t current = -1;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *word = v2v_line_trim(line);
		char *rest = v2v_line_split(word);
		struct v2v_interface *iface =
			current < 0
				? NULL
				: v2v_items(struct v2v_interface, interfaces) +
					  current;

		if (!*word || *word == '#')
			continue;
		if (strcmp(word, "iface") == 0)
			current = begin_iface(rest, where, interfaces);
		else if (ends_stanza(word))
			current = -1;
		else if (iface && strcmp(word, "address") == 0)
			add_address(iface, rest);
		else if (iface && strcmp(word, "netmask") == 0)
			add_netmask(iface, rest);
		else if (iface && strcmp(word, "hwaddress") == 0 && !iface->mac)
			iface->mac =
				v2v_strdup(v2v_starts_with(rest, "ether ")
						   ? rest + strlen("ether ")
						   : rest);
	}
}
