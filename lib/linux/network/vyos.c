/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.boot of VyOS, Vyatta and EdgeOS. */
#include "core/lines.h"
#include "guest/tree.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

#include <ctype.h>

/* "address 192.0.2.1/24", "address dhcp", "hw-id 00:50:56:aa:bb:cc": the card
 * that has this MAC gets the name. */
static void take_value(
	struct v2v_interface *iface, const char *key, const char *value)
{
	if (strcmp(key, "hw-id") == 0)
		v2v_netread_mac(iface, value);
	if (strcmp(key, "address") != 0)
		return;
	if (isdigit((unsigned char)*value) || strchr(value, ':'))
		v2v_netread_address(iface, value, NULL);
	v2v_netread_method(iface, v2v_starts_with(value, "dhcp"));
}

struct reading {
	const char *where;
	struct v2v_list *interfaces;
	struct v2v_interface *iface; /* that is open; NULL */
	bool in_interfaces;
	unsigned depth;
};

/* interfaces { ethernet eth0 { … } } */
static void open_block(struct reading *r, const char *word, const char *name)
{
	if (r->depth == 0)
		r->in_interfaces = strcmp(word, "interfaces") == 0;
	if (r->depth == 1)
		r->iface = NULL;
	if (r->depth == 1 && r->in_interfaces && *name &&
		strcmp(word, "ethernet") == 0)
		r->iface = v2v_netread_add(r->interfaces, name, r->where);
	r->depth++;
}

static void read_line(struct reading *r, char *word)
{
	char *rest = v2v_line_trim(v2v_line_split(word));
	size_t n = strlen(rest);

	if (n && rest[n - 1] == '{') {
		rest[n - 1] = '\0';
		open_block(r, word, v2v_line_trim(rest));
	} else if (strcmp(word, "}") == 0) {
		r->depth -= r->depth > 0;
	} else if (r->depth == 2 && r->iface) {
		take_value(r->iface, word, v2v_line_unquote(rest));
	}
}

void v2v_network_vyos(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct reading r = { .where = where, .interfaces = interfaces };

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		read_line(&r, v2v_line_trim(line));
	}
}

#define FOLDER "/rw/opt/vyatta/etc/config"

/* An image's folder has the version's name: "1.4.0", "1.5-rolling-…". */
void v2v_network_vyos_folders(
	const struct v2v_tree *tree, struct v2v_list *folders)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, "/boot", &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *folder =
			v2v_format("/boot/%s" FOLDER, *name);

		if (isdigit((unsigned char)**name))
			v2v_list_add_string(folders, folder);
	}
}

char *v2v_network_vyos_config(const char *kernel)
{
	const char *slash = strrchr(kernel, '/');

	return slash ? v2v_format("%.*s" FOLDER "/config.boot",
			       (int)(slash - kernel), kernel)
		     : NULL;
}
