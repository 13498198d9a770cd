/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ifcfg-NAME of RHEL (network-scripts) and of SUSE (ifcfg(5) of wicked), which
 * differ in their keys; Gentoo's conf.d/net. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* IPADDR2="192.0.2.7" PREFIX2=24: the suffix puts them together. */
struct numbered {
	char *suffix, *value;
};

struct reading {
	char *device, *hwaddr, *set_mac;
	char *path;    /* SUSE's of old: "bus-pci-0000:00:11.0" */
	char *drivers; /* the same: of the cards of a kind */
	bool dhcp, is_virtual;
	struct v2v_list addresses, masks; /* of struct numbered */
	struct v2v_list members;	  /* of char *: lines that name cards */
};

static void numbered_clear(struct v2v_list *list)
{
	v2v_list_foreach (struct numbered, n, list) {
		free(n->suffix);
		free(n->value);
	}
	free(list->items);
}

static void reading_clear(struct reading *r)
{
	free(r->device);
	free(r->hwaddr);
	free(r->set_mac);
	free(r->path);
	free(r->drivers);
	numbered_clear(&r->addresses);
	numbered_clear(&r->masks);
	v2v_strings_clear(&r->members);
}

/* A value in quotes ends with them; else a comment may follow. */
static char *shell_value(const char *value)
{
	if (*value == '"' || *value == '\'') {
		const char *end = strchr(value + 1, *value);

		if (end)
			return v2v_strndup(
				value + 1, (size_t)(end - value - 1));
	}
	return v2v_strndup(value, strcspn(value, " \t#"));
}

static void set_string(char **field, const char *value)
{
	v2v_string_set(field, value);
}

static void add_numbered(
	struct v2v_list *list, const char *suffix, const char *value)
{
	struct numbered *n;

	if (!*value)
		return;
	n = v2v_list_add(list, sizeof *n);
	n->suffix = v2v_strdup(suffix);
	n->value = v2v_strdup(value);
}

static bool is_yes(const char *value)
{
	return strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0;
}

static bool is_word(const char *s, const char *word)
{
	return strcasecmp(s, word) == 0;
}

/* TYPE=Bond, VLAN=yes, BONDING_MASTER=yes, BRIDGE=yes: no card. */
static void set_kind(struct reading *r, const char *key, const char *value)
{
	static const char *const cards[] = { "", "ethernet", "infiniband",
		"eth", "ovsport" };
	static const char *const switches[] = { "VLAN", "BRIDGE",
		"BONDING_MASTER" };
	static const char *const below[] = { "ETHERDEVICE", "PHYSDEV",
		"BRIDGE_PORTS" };

	if (strcmp(key, "TYPE") == 0 || strcmp(key, "INTERFACETYPE") == 0)
		r->is_virtual |= !v2v_any(value, cards, is_word);
	else if (v2v_any(key, switches, is_word))
		r->is_virtual |= is_yes(value);
	else if (strcmp(key, "DEVICETYPE") == 0)
		r->is_virtual |= strcasecmp(value, "team") == 0;
	if (strcmp(key, "ETHERDEVICE") == 0)
		r->is_virtual = true;
	if (v2v_any(key, below, is_word) ||
		v2v_starts_with(key, "BONDING_SLAVE"))
		v2v_list_add_string(&r->members, value);
}

static void set_ifcfg(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct reading *r = opaque;
	CLEANUP_FREE char *v = shell_value(value);

	(void)section;
	if (v2v_starts_with(key, "export "))
		key += strlen("export ");
	set_kind(r, key, v);
	if (strcmp(key, "DEVICE") == 0)
		set_string(&r->device, v);
	else if (strcmp(key, "HWADDR") == 0)
		set_string(&r->hwaddr, v);
	else if (strcmp(key, "MACADDR") == 0 || strcmp(key, "LLADDR") == 0)
		set_string(&r->set_mac, v);
	else if (strcmp(key, "_nm_name") == 0)
		set_string(&r->path, v);
	else if (strcmp(key, "BOOTPROTO") == 0)
		r->dhcp = strncasecmp(v, "dhcp", strlen("dhcp")) == 0 ||
			  strcasecmp(v, "bootp") == 0;
	else if (v2v_starts_with(key, "IPADDR"))
		add_numbered(&r->addresses, key + strlen("IPADDR"), v);
	else if (strcmp(key, "IPV6ADDR") == 0)
		add_numbered(&r->addresses, "6", v);
	else if (v2v_starts_with(key, "PREFIXLEN"))
		add_numbered(&r->masks, key + strlen("PREFIXLEN"), v);
	else if (v2v_starts_with(key, "PREFIX"))
		add_numbered(&r->masks, key + strlen("PREFIX"), v);
	else if (v2v_starts_with(key, "NETMASK"))
		add_numbered(&r->masks, key + strlen("NETMASK"), v);
}

static void set_module(
	const char *section, const char *key, const char *value, void *opaque)
{
	(void)section;
	if (strcmp(key, "MODULE") == 0)
		set_string(opaque, value);
}

/* A place on the bus may be any device's: the driver tells a card's. */
static bool is_card_module(const char *text)
{
	static const char *const drivers[] = { "pcnet32", "vmxnet", "vmxnet3",
		"e1000", "e1000e" };
	CLEANUP_FREE char *value = NULL, *module = NULL;

	v2v_ini_read(text, set_module, &value);
	module = value ? shell_value(value) : NULL;
	return v2v_is_one_of(module, drivers);
}

void v2v_network_hwcfg(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	static const char hwcfg[] = "hwcfg-";
	const char *base = strrchr(where, '/'), *mac, *path;
	struct v2v_interface *iface;

	base = base ? base + 1 : where;
	if (!v2v_starts_with(base, hwcfg) ||
		!v2v_getcfg_is_of_card(base + strlen(hwcfg), &mac, &path) ||
		(path && !is_card_module(text)))
		return;
	iface = v2v_netread_add(interfaces, "", where);
	v2v_netread_mac(iface, mac);
	v2v_netread_path(iface, path);
}

/* A file that is named for a card says how it is found, and no name. */
static bool read_card(struct reading *r, const char *where)
{
	const char *mac, *path;

	if (v2v_ifcfg_is_of_kind(where, &r->drivers))
		return true;
	if (!v2v_ifcfg_is_of_card(where, &mac, &path))
		return false;
	if (mac && !r->hwaddr)
		r->hwaddr = v2v_strdup(mac);
	if (path)
		set_string(&r->path, path);
	return true;
}

static const char *mask_of(const struct reading *r, const char *suffix)
{
	v2v_list_foreach (const struct numbered, mask, &r->masks)
		if (strcmp(mask->suffix, suffix) == 0)
			return mask->value;
	return NULL;
}

/*
 * The name: DEVICE=, else the file's.  RHEL's files may be named for the
 * connection instead ("ifcfg-Wired_connection_1"): then HWADDR finds the card,
 * whatever its name.  An alias ("eth0:1") is its card's.
 */
static char *name_of(const struct reading *r, const char *where)
{
	const char *base = strrchr(where, '/'), *name = r->device;

	if (!name && base && v2v_starts_with(base, "/ifcfg-"))
		name = base + strlen("/ifcfg-");
	if (!name || (!r->device && r->hwaddr && !v2v_network_is_card(name)))
		return v2v_strdup("");
	return v2v_strndup(name, strcspn(name, ":"));
}

void v2v_network_ifcfg(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	__attribute__((cleanup(reading_clear))) struct reading r = { 0 };
	CLEANUP_FREE char *name = NULL, *base = NULL;
	struct v2v_interface *iface;

	v2v_ini_read(text, set_ifcfg, &r);
	name = read_card(&r, where) ? v2v_strdup("") : name_of(&r, where);
	base = v2v_strndup(name, strcspn(name, "."));
	if (strcmp(base, name) != 0)
		v2v_netread_members(interfaces, base, where);
	v2v_list_foreach (char *, words, &r.members)
		v2v_netread_members(interfaces, *words, where);
	if (r.is_virtual || (*name ? v2v_netread_is_virtual(name)
				   : !v2v_netread_is_mac(r.hwaddr) && !r.path &&
						    !r.drivers))
		return;
	iface = v2v_netread_add(interfaces, name, where);
	v2v_netread_mac(iface, r.hwaddr);
	v2v_netread_mac(iface, r.set_mac);
	v2v_netread_path(iface, r.path);
	if (r.drivers && !iface->driver)
		iface->driver = v2v_take(r.drivers);
	v2v_list_foreach (const struct numbered, a, &r.addresses)
		v2v_netread_address(iface, a->value, mask_of(&r, a->suffix));
	v2v_netread_method(iface, r.dhcp);
}

/* config_eth0="192.0.2.7/24" or ("192.0.2.7 netmask 255.255.255.0" "…"); of the
 * options only the netmask counts. */
static void add_openrc(struct v2v_interface *iface, const char *value)
{
	static const char between[] = " \t\"'()";
	static const char *const options[] = { "brd", "broadcast", "peer",
		"scope", "label", "metric" };
	CLEANUP_FREE char *copy = v2v_strdup(value);
	char *save = NULL, *word = strtok_r(copy, between, &save), *next;

	v2v_netread_method(iface, strstr(value, "dhcp") != NULL);
	for (; word; word = next) {
		next = strtok_r(NULL, between, &save);
		if (v2v_any(word, options, is_word)) {
			next = next ? strtok_r(NULL, between, &save) : NULL;
		} else if (v2v_streq(next, "netmask")) {
			next = strtok_r(NULL, between, &save);
			v2v_netread_address(iface, word, next);
			next = next ? strtok_r(NULL, between, &save) : NULL;
		} else if (!word[strspn(word, "0123456789./")] ||
			   strchr(word, ':')) {
			v2v_netread_address(iface, word, NULL);
		}
	}
	v2v_netread_method(iface, false);
}

struct openrc {
	struct v2v_list *interfaces;
	const char *where;
};

static void set_openrc(
	const char *section, const char *key, const char *value, void *opaque)
{
	const struct openrc *o = opaque;
	const char *name = strchr(key, '_');
	CLEANUP_FREE char *v = shell_value(value);

	(void)section;
	if (v2v_starts_with(key, "slaves_") || v2v_starts_with(key, "bridge_"))
		v2v_netread_members(o->interfaces, v, o->where);
	if (!name || v2v_netread_is_virtual(name + 1))
		return;
	if (v2v_starts_with(key, "config_"))
		add_openrc(v2v_netread_add(o->interfaces, name + 1, o->where),
			*value == '(' ? value : v);
	else if (v2v_starts_with(key, "mac_"))
		v2v_netread_mac(
			v2v_netread_add(o->interfaces, name + 1, o->where), v);
}

void v2v_network_openrc(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct openrc o = { interfaces, where };

	v2v_ini_read(text, set_openrc, &o);
}
