/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd.network(5), NetworkManager's keyfiles and ifcfg: all KEY=VALUE. */
#include "inspect/lines.h"
#include "inspect/network.h"

/* What a file says so far; it becomes an interface at the end. */
struct reading {
	struct v2v_interface iface;
	bool dhcp;
	char *address, *netmask; /* ifcfg's, to be put together */
};

static void set_string(char **field, const char *value)
{
	free(*field);
	*field = *value ? v2v_strdup(value) : NULL;
}

static void finish(
	struct reading *r, const char *where, struct v2v_list *interfaces)
{
	struct v2v_interface *iface = v2v_list_add(interfaces, sizeof *iface);

	if (!r->iface.method && (r->dhcp || r->iface.addresses.count))
		r->iface.method = v2v_strdup(r->dhcp ? "dhcp" : "static");
	*iface = r->iface;
	iface->where = v2v_strdup(where);
}

static void drop(struct reading *r)
{
	free(r->iface.name);
	free(r->iface.mac);
	free(r->iface.method);
	v2v_list_foreach (char *, address, &r->iface.addresses)
		free(*address);
	free(r->iface.addresses.items);
}

static void finish_or_drop(
	struct reading *r, const char *where, struct v2v_list *interfaces)
{
	if (r->iface.name ? v2v_network_is_card(r->iface.name)
			  : r->iface.mac != NULL) {
		if (!r->iface.name)
			r->iface.name = v2v_strdup("");
		finish(r, where, interfaces);
	} else {
		drop(r);
	}
}

static void set_networkd(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;

	if (strcmp(section, "Match") == 0 && strcmp(key, "Name") == 0) {
		/* A pattern names no one card. */
		if (!strpbrk(value, "*?[! "))
			set_string(&r->iface.name, value);
	} else if (strcmp(section, "Match") == 0 &&
		   strcmp(key, "MACAddress") == 0) {
		set_string(&r->iface.mac, value);
	} else if (strcmp(key, "DHCP") == 0) {
		r->dhcp = strcmp(value, "no") && strcmp(value, "false");
	} else if (strcmp(key, "Address") == 0 &&
		   (strcmp(section, "Network") == 0 ||
			   strcmp(section, "Address") == 0)) {
		v2v_list_add_string(&r->iface.addresses, value);
	}
}

void v2v_network_networkd(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct reading r = { 0 };

	v2v_ini_read(text, set_networkd, &r);
	finish_or_drop(&r, where, interfaces);
}

static void set_keyfile(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;
	bool ip = strcmp(section, "ipv4") == 0 || strcmp(section, "ipv6") == 0;

	if (strcmp(key, "interface-name") == 0) {
		set_string(&r->iface.name, value);
	} else if (strcmp(key, "mac-address") == 0) {
		set_string(&r->iface.mac, value);
	} else if (strcmp(section, "ipv4") == 0 && strcmp(key, "method") == 0) {
		r->dhcp = strcmp(value, "auto") == 0;
	} else if (ip && v2v_starts_with(key, "address") &&
		   strchr("s0123456789", key[strlen("address")])) {
		/* "192.0.2.7/24,192.0.2.1": the gateway is behind the comma */
		CLEANUP_FREE char *first =
			v2v_strndup(value, strcspn(value, ",;"));
		if (*first)
			v2v_list_add_string(&r->iface.addresses, first);
	}
}

void v2v_network_keyfile(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct reading r = { 0 };

	v2v_ini_read(text, set_keyfile, &r);
	finish_or_drop(&r, where, interfaces);
}

static void set_ifcfg(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;
	CLEANUP_FREE char *copy = v2v_strdup(value);
	const char *v = v2v_line_unquote(copy);

	(void)section;
	if (strcmp(key, "DEVICE") == 0)
		set_string(&r->iface.name, v);
	else if (strcmp(key, "HWADDR") == 0)
		set_string(&r->iface.mac, v);
	else if (strcmp(key, "BOOTPROTO") == 0)
		r->dhcp = v2v_starts_with(v, "dhcp");
	else if (v2v_starts_with(key, "IPADDR") && *v)
		set_string(&r->address, v);
	else if (v2v_starts_with(key, "PREFIX") ||
		 v2v_starts_with(key, "NETMASK"))
		set_string(&r->netmask, v);
}

void v2v_network_ifcfg(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct reading r = { 0 };
	const char *base = strrchr(where, '/');

	v2v_ini_read(text, set_ifcfg, &r);
	/* SUSE's has no DEVICE: the file's name says it. */
	if (!r.iface.name && base && v2v_starts_with(base, "/ifcfg-"))
		r.iface.name = v2v_strdup(base + strlen("/ifcfg-"));
	if (r.address) {
		CLEANUP_FREE char *whole =
			strchr(r.address, '/') || !r.netmask
				? v2v_strdup(r.address)
				: v2v_format("%s/%u", r.address,
					  v2v_network_prefix(r.netmask));
		v2v_list_add_string(&r.iface.addresses, whole);
	}
	free(r.address);
	free(r.netmask);
	finish_or_drop(&r, where, interfaces);
}
