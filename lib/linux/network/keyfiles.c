/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* INI files: systemd.network(5) and systemd.link(5), NetworkManager's keyfiles,
 * connman's configuration. */
#include "core/lines.h"
#include "linux/network/netmatch.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"
#include "linux/network/slots.h"

/* What a file says so far; it becomes interfaces at the end. */
struct reading {
	char *names; /* blanks between them */
	char *mac, *set_mac, *path, *parent;
	struct v2v_netmatch match; /* what else [Match] has */
	bool dhcp, is_virtual, gives_name;
	struct v2v_list addresses; /* of char * */
};

static void reading_clear(struct reading *r)
{
	free(r->names);
	free(r->mac);
	free(r->set_mac);
	free(r->path);
	free(r->parent);
	v2v_netmatch_clear(&r->match);
	v2v_strings_clear(&r->addresses);
}

static void set_string(char **field, const char *value)
{
	free(*field);
	*field = v2v_strndup(value, strlen(value));
}

/* A pattern names no one card. */
static void set_names(struct reading *r, const char *value)
{
	if (!strpbrk(value, "*?[!"))
		set_string(&r->names, value);
}

static void finish_one(const struct reading *r, const char *name,
	const char *where, struct v2v_list *interfaces)
{
	struct v2v_interface *iface = v2v_netread_add(interfaces, name, where);

	v2v_netread_mac(iface, r->mac);
	v2v_netread_mac(iface, r->set_mac);
	v2v_netread_path(iface, r->path);
	if (r->gives_name)
		v2v_netmatch_tell(&r->match, iface, "OriginalName");
	v2v_list_foreach (char *, address, &r->addresses)
		v2v_netread_address(iface, *address, NULL);
	v2v_netread_method(iface, r->dhcp);
}

static bool is_path(const char *path)
{
	struct v2v_pci_place place;

	return path && v2v_slot_of_path(path, &place);
}

/* One interface for each name; without a name only a MAC, or the card's place,
 * finds it. */
static void finish(
	const struct reading *r, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_FREE char *copy = v2v_strdup(r->names ? r->names : "");
	char *save = NULL, *name = strtok_r(copy, " \t;,", &save);

	if (r->parent)
		v2v_netread_members(interfaces, r->parent, where);
	if (r->is_virtual)
		return;
	if (!name && (v2v_netread_is_mac(r->mac) || is_path(r->path)))
		finish_one(r, "", where, interfaces);
	for (; name; name = strtok_r(NULL, " \t;,", &save))
		if (!v2v_netread_is_virtual(name))
			finish_one(r, name, where, interfaces);
}

/* A list of MACs may be in the place of one: the first is taken. */
static void set_first(char **field, const char *value)
{
	CLEANUP_FREE char *first = v2v_strndup(value, strcspn(value, " \t,;"));

	if (*first && !*field)
		*field = v2v_take(first);
}

/* [Match] of both kinds of files. */
static void set_match(struct reading *r, const char *key, const char *value)
{
	static const char *const properties[][2] = {
		{ "OriginalName", "INTERFACE" },
		{ "Driver", "DRIVER" },
		{ "Type", "DEVTYPE" },
		{ "Kind", "KIND" },
	};

	if (strcmp(key, "MACAddress") == 0 ||
		strcmp(key, "PermanentMACAddress") == 0)
		set_first(&r->mac, value);
	else if (strcmp(key, "Path") == 0)
		set_first(&r->path, value);
	else if (strcmp(key, "Property") == 0)
		v2v_netmatch_properties(&r->match, value);
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (strcmp(key, properties[i][0]) == 0)
			v2v_netmatch_property(
				&r->match, properties[i][1], key, value);
}

/* What [Match] says in all. */
static void finish_match(struct reading *r)
{
	v2v_netmatch_finish(&r->match);
	r->is_virtual |= r->match.is_other;
	if (!r->path)
		r->path = v2v_strdup(r->match.path);
	if (!r->mac)
		r->mac = v2v_strdup(r->match.mac);
}

static void set_networkd(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;
	bool match = strcmp(section, "Match") == 0;

	if (match && strcmp(key, "Name") == 0)
		set_names(r, value);
	else if (match)
		set_match(r, key, value);
	else if (strcmp(section, "Link") == 0 && strcmp(key, "MACAddress") == 0)
		set_first(&r->set_mac, value);
	else if (strcmp(key, "DHCP") == 0)
		r->dhcp = strcmp(value, "no") && strcmp(value, "false") &&
			  strcmp(value, "none");
	else if (strcmp(key, "Address") == 0 &&
		 (strcmp(section, "Network") == 0 ||
			 strcmp(section, "Address") == 0))
		v2v_list_add_string(&r->addresses, value);
}

void v2v_network_networkd(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = { 0 };

	v2v_ini_read(text, set_networkd, &r);
	finish_match(&r);
	finish(&r, where, interfaces);
}

static void set_netdev(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;

	if (strcmp(section, "NetDev") == 0 && strcmp(key, "Name") == 0)
		set_string(&r->names, value);
}

/* Whatever the name looks like: v2v_network_tidy() uses the file. */
void v2v_network_netdev(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = { 0 };

	v2v_ini_read(text, set_netdev, &r);
	if (r.names && *r.names)
		v2v_netread_add(interfaces, r.names, where);
}

static void set_link(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;

	if (strcmp(section, "Link") == 0 && strcmp(key, "Name") == 0)
		set_names(r, value);
	else if (strcmp(section, "Match") == 0)
		set_match(r, key, value);
}

void v2v_network_link(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = {
		.gives_name = true,
	};

	v2v_ini_read(text, set_link, &r);
	finish_match(&r);
	/* A file that names no card is about a card's other settings. */
	if (r.names)
		finish(&r, where, interfaces);
}

/* "192.0.2.7/24,192.0.2.1", the gateway behind the comma; and the old form,
 * "192.0.2.7;24;192.0.2.1;" */
static void add_keyfile_address(struct reading *r, const char *value)
{
	CLEANUP_FREE char *copy = v2v_strdup(value);
	char *save = NULL, *address = strtok_r(copy, ",; ", &save);
	char *bits = strtok_r(NULL, ",; ", &save);
	CLEANUP_FREE char *whole = NULL;
	uint64_t n;

	if (!address)
		return;
	whole = !strchr(address, '/') && v2v_parse_u64(bits, &n)
			? v2v_format("%s/%s", address, bits)
			: v2v_strdup(address);
	v2v_list_add_string(&r->addresses, whole);
}

/* NetworkManager needs no leading zeros. */
static void set_mac(char **field, const char *value)
{
	CLEANUP_FREE char *mac = v2v_netread_plain_mac(value);

	set_first(field, mac);
}

static void set_keyfile(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;
	bool ip = strcmp(section, "ipv4") == 0 || strcmp(section, "ipv6") == 0;

	if (strcmp(key, "interface-name") == 0) {
		/* [match] may be a pattern; [connection] names the card. */
		if (strcmp(section, "match") != 0 || !r->names)
			set_names(r, value);
	} else if (strcmp(section, "connection") == 0 &&
		   strcmp(key, "type") == 0) {
		r->is_virtual = strcmp(value, "ethernet") &&
				strcmp(value, "802-3-ethernet");
	} else if (strcmp(section, "match") == 0 && strcmp(key, "path") == 0) {
		/* "!" before a place is what the card is not in. */
		if (*value != '!')
			set_first(&r->path, value);
	} else if (strcmp(section, "vlan") == 0 && strcmp(key, "parent") == 0) {
		set_string(&r->parent, value);
	} else if (strcmp(key, "mac-address") == 0) {
		set_mac(&r->mac, value);
	} else if (strcmp(key, "cloned-mac-address") == 0 ||
		   strcmp(key, "assigned-mac-address") == 0) {
		set_mac(&r->set_mac, value);
	} else if (strcmp(section, "ipv4") == 0 && strcmp(key, "method") == 0) {
		r->dhcp = strcmp(value, "auto") == 0;
	} else if (ip && v2v_starts_with(key, "address") &&
		   strchr("es0123456789", key[strlen("address")])) {
		add_keyfile_address(r, value);
	}
}

void v2v_network_keyfile(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = { 0 };

	v2v_ini_read(text, set_keyfile, &r);
	finish(&r, where, interfaces);
}

/* connman-service.config(5): "IPv4 = 192.0.2.7/255.255.255.0/192.0.2.1" */
static void set_connman(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;

	(void)section;
	if (strcmp(key, "MAC") == 0) {
		set_first(&r->mac, value);
	} else if (strcmp(key, "DeviceName") == 0) {
		set_names(r, value);
	} else if (strcmp(key, "IPv4") == 0) {
		CLEANUP_FREE char *copy = v2v_strdup(value);
		char *save = NULL, *address = strtok_r(copy, "/", &save);
		char *mask = strtok_r(NULL, "/", &save);
		CLEANUP_FREE char *whole =
			mask ? v2v_format("%s/%u", address,
				       v2v_network_prefix(mask))
			     : NULL;

		r->dhcp = strcmp(value, "dhcp") == 0;
		if (whole)
			v2v_list_add_string(&r->addresses, whole);
	}
}

void v2v_network_connman(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = { 0 };

	v2v_ini_read(text, set_connman, &r);
	finish(&r, where, interfaces);
}
