/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where distributions keep their network configuration. */
#include "inspect/network.h"

#include "guest/files.h"
#include "inspect/boot-entry.h"
#include "inspect/lines.h"
#include "inspect/netdefault.h"
#include "inspect/netmatch.h"
#include "inspect/netread.h"

#include <fnmatch.h>

bool v2v_network_is_card(const char *name)
{
	static const char *const prefixes[] = { "en", "eth", "wl", "ib", "p",
		"net", "lan" };
	static const char *const others[] = { "enc", "ibs" };

	if (!name || v2v_netread_is_virtual(name))
		return false;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (v2v_starts_with(name, others[i]))
			return false;
	/* biosdevname's: em1, p2p1 */
	if (v2v_starts_with(name, "em") && name[2] &&
		!name[2 + strspn(name + 2, "0123456789_")])
		return true;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (v2v_starts_with(name, prefixes[i]))
			return true;
	return false;
}

unsigned v2v_network_prefix(const char *netmask)
{
	unsigned a, b, c, d;
	uint64_t bits;

	if (v2v_parse_u64(netmask, &bits))
		return bits <= 128 ? (unsigned)bits : 0;
	if (sscanf(netmask, "%3u.%3u.%3u.%3u", &a, &b, &c, &d) != 4)
		return 0;
	return (unsigned)__builtin_popcount(
		(a & 255) << 24 | (b & 255) << 16 | (c & 255) << 8 | (d & 255));
}

enum v2v_network_rank v2v_network_rank(const char *where)
{
	if (v2v_starts_with(where, V2V_DEFAULT_DIR "/"))
		return V2V_NETWORK_DEFAULT;
	if (v2v_starts_with(where, "/etc/udev/") ||
		strcmp(where, V2V_MACTAB) == 0 || v2v_ends_with(where, ".link"))
		return V2V_NETWORK_NAMES;
	if (v2v_starts_with(where, "/etc/cloud/") ||
		v2v_starts_with(where, "/var/lib/cloud/"))
		return V2V_NETWORK_CLOUD;
	if (v2v_starts_with(where, "/var/lib/connman/"))
		return V2V_NETWORK_CONFIG;
	return v2v_starts_with(where, "/var/lib/") ? V2V_NETWORK_LEASES
						   : V2V_NETWORK_CONFIG;
}

/* A folder, the files in it that count, and who reads them. */
static const struct place {
	const char *directory, *pattern;
	enum v2v_network_form form;
	void (*parse)(const char *, const char *, struct v2v_list *);
} places[] = {
	{ "/etc/network", "interfaces", 0, v2v_network_ifupdown },
	{ "/lib/netplan", "*.yaml", 0, v2v_network_netplan },
	{ "/etc/netplan", "*.yaml", 0, v2v_network_netplan },
	{ "/etc/systemd/network", "*.network", V2V_NETWORK_SYSTEMD,
		v2v_network_networkd },
	{ "/usr/lib/NetworkManager/system-connections", "*",
		V2V_NETWORK_KEYFILE, v2v_network_keyfile },
	{ "/etc/NetworkManager/system-connections", "*", V2V_NETWORK_KEYFILE,
		v2v_network_keyfile },
	{ "/etc/sysconfig/network-scripts", "ifcfg-*", 0, v2v_network_ifcfg },
	{ "/etc/sysconfig/network", "ifcfg-*", 0, v2v_network_ifcfg },
	{ "/etc/wicked/ifconfig", "*.xml", 0, v2v_network_wicked },
	{ "/etc/conf.d", "net", 0, v2v_network_openrc },
	{ "/etc", "dhcpcd.conf", 0, v2v_network_dhcpcd },
	{ "/etc/netctl", "*", 0, v2v_network_netctl },
	{ "/var/lib/connman", "*.config", 0, v2v_network_connman },
	{ "/etc/cloud", "cloud.cfg", 0, v2v_network_netplan },
	{ "/etc/cloud/cloud.cfg.d", "*.cfg", 0, v2v_network_netplan },
	{ "/var/lib/cloud/seed/nocloud-net", "network-config", 0,
		v2v_network_netplan },
	{ "/var/lib/cloud/seed/nocloud", "network-config", 0,
		v2v_network_netplan },
	{ "/etc/systemd/network", "*.link", V2V_NETWORK_SYSTEMD,
		v2v_network_link },
	{ "/etc/systemd/network", "*.netdev", 0, NULL },
	{ "/etc/udev/rules.d", "*.rules", V2V_NETWORK_RULES, v2v_network_udev },
	{ "/etc", "mactab", 0, v2v_network_mactab },
	{ "/etc/NetworkManager", "NetworkManager.conf", 0, NULL },
	{ "/etc/NetworkManager/conf.d", "*.conf", 0, NULL },
	{ "/var/lib/NetworkManager", "*.lease", V2V_NETWORK_STATE,
		v2v_network_nm_lease },
	{ "/var/lib/dhclient", "*.lease*", V2V_NETWORK_STATE,
		v2v_network_dhclient },
	{ "/var/lib/dhcp", "*.lease*", V2V_NETWORK_STATE,
		v2v_network_dhclient },
	{ "/var/lib/wicked", "lease-*.xml", V2V_NETWORK_STATE,
		v2v_network_wicked_lease },
};

/* More files and longer ones than any machine has: the rest is not looked at.
 */
#define MAX_FILES 256
#define MAX_TEXT  (256 << 10)

struct walk {
	struct v2v_guest *guest;
	void (*call)(const struct v2v_network_file *file, void *opaque);
	void *opaque;
	struct v2v_list seen;	 /* of char * */
	struct v2v_list sources; /* of char *: ifupdown's patterns */
};

static bool is_new(struct walk *walk, const char *path)
{
	v2v_list_foreach (char *, seen, &walk->seen)
		if (strcmp(*seen, path) == 0)
			return false;
	v2v_list_add_string(&walk->seen, path);
	return true;
}

static void read_place(struct walk *walk, const struct place *place)
{
	struct v2v_list names CLEANUP_NAMES = { 0 };
	size_t read = 0;

	if (!v2v_guest_is_dir(walk->guest, place->directory))
		return;
	v2v_guest_list(walk->guest, place->directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", place->directory, *name);
		CLEANUP_FREE char *text = NULL;

		if (fnmatch(place->pattern, *name, FNM_PERIOD) != 0 ||
			v2v_netread_is_leftover(*name))
			continue;
		if (read >= MAX_FILES) {
			v2v_guest_tell_cut(
				walk->guest, place->directory, MAX_FILES);
			return;
		}
		if (!is_new(walk, path))
			continue;
		read++;
		text = v2v_guest_text(walk->guest, path);
		if (!text || strlen(text) > MAX_TEXT)
			continue;
		if (place->parse == v2v_network_ifupdown)
			v2v_network_sources(text, &walk->sources);
		walk->call(&(struct v2v_network_file){ path, text, place->form,
				   place->parse },
			walk->opaque);
	}
}

/* What interfaces(5) includes, and what that includes. */
static void read_sources(struct walk *walk)
{
	for (size_t i = 0; i < walk->sources.count && i < MAX_FILES; i++) {
		CLEANUP_FREE char *copy =
			v2v_strdup(v2v_items(char *, &walk->sources)[i]);
		char *slash = strrchr(copy, '/');
		struct place place = { .parse = v2v_network_ifupdown };

		*slash = '\0';
		place.directory = copy;
		place.pattern = slash + 1;
		if (*copy && !strpbrk(copy, "*?[") &&
			walk->seen.count < MAX_FILES)
			read_place(walk, &place);
	}
}

void v2v_network_each(struct v2v_guest *guest,
	void (*call)(const struct v2v_network_file *file, void *opaque),
	void *opaque)
{
	struct walk walk = { .guest = guest, .call = call, .opaque = opaque };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		read_place(&walk, &places[i]);
		if (i == 0)
			read_sources(&walk);
	}
	v2v_guest_names_clear(&walk.seen);
	v2v_guest_names_clear(&walk.sources);
}

/* Has something a MAC for that name, or gives the name to a card? */
static bool is_believed(
	const struct v2v_list *interfaces, const struct v2v_interface *iface)
{
	if (!*iface->name || v2v_network_is_card(iface->name))
		return true;
	v2v_list_foreach (const struct v2v_interface, i, interfaces)
		if (v2v_netmatch_gives(i->name, iface->name) &&
			(i->mac || v2v_network_rank(i->where) ==
					   V2V_NETWORK_NAMES))
			return true;
	return false;
}

static void drop(struct v2v_interface *iface)
{
	free(iface->name);
	free(iface->mac);
	free(iface->path);
	free(iface->original);
	free(iface->driver);
	free(iface->unclear);
	free(iface->method);
	free(iface->where);
	v2v_guest_names_clear(&iface->addresses);
}

static void parse_file(const struct v2v_network_file *file, void *opaque)
{
	struct v2v_list *interfaces = &((struct v2v_inspect *)opaque)->network;

	if (!file->parse || interfaces->count >= V2V_NETREAD_MAX)
		return;
	file->parse(file->text, file->path, interfaces);
	while (interfaces->count > V2V_NETREAD_MAX)
		drop(v2v_items(struct v2v_interface, interfaces) +
			--interfaces->count);
}

void v2v_network_tidy(struct v2v_list *interfaces)
{
	struct v2v_interface *items = interfaces->items;
	CLEANUP_FREE bool *believed =
		v2v_alloc(interfaces->count + 1, sizeof *believed);
	size_t kept = 0;

	for (size_t i = 0; i < interfaces->count; i++)
		believed[i] = is_believed(interfaces, &items[i]);
	for (size_t i = 0; i < interfaces->count; i++) {
		if (believed[i])
			items[kept++] = items[i];
		else
			drop(&items[i]);
	}
	interfaces->count = kept;
}

void v2v_network_find(struct v2v_guest *guest, const struct v2v_source *source,
	const struct v2v_list *entries, struct v2v_inspect *inspect)
{
	const struct v2v_boot_entry *chosen = v2v_boot_entries_default(entries);
	const struct v2v_tree tree = v2v_tree_of_guest(guest);

	v2v_network_each(guest, parse_file, inspect);
	if (chosen && chosen->file)
		parse_file(&(struct v2v_network_file){ .path = chosen->file,
				   .text = chosen->options,
				   .parse = v2v_network_cmdline },
			inspect);
	v2v_network_tidy(&inspect->network);
	if (v2v_network_namer(guest) == V2V_NAMER_LINKS &&
		v2v_netdefault_is_by_slot(
			&tree, chosen ? chosen->options : NULL))
		v2v_netdefault_add(source, &inspect->network);
}

/* mdev of busybox, where it is told to run nameif. */
static bool runs_nameif(struct v2v_guest *guest)
{
	CLEANUP_FREE char *text = v2v_guest_text(guest, "/etc/mdev.conf");

	return text && strstr(text, "nameif");
}

enum v2v_network_namer v2v_network_namer(struct v2v_guest *guest)
{
	static const char *const lib[] = { "/usr/lib", "/lib" };
	bool links = false, rules = false;

	for (size_t i = 0; i < 2; i++) {
		CLEANUP_FREE char *directory =
			v2v_format("%s/udev/rules.d", lib[i]);
		CLEANUP_FREE char *generator = v2v_format(
			"%s/75-persistent-net-generator.rules", directory);
		CLEANUP_FREE char *network =
			v2v_format("%s/systemd/network", lib[i]);

		if (v2v_guest_is_file(guest, generator))
			return V2V_NAMER_RULES;
		links |= v2v_guest_is_dir(guest, network);
		rules |= v2v_guest_is_dir(guest, directory);
	}
	if (links)
		return V2V_NAMER_LINKS;
	if (rules)
		return V2V_NAMER_RULES;
	return runs_nameif(guest) ? V2V_NAMER_MACTAB : V2V_NAMER_NONE;
}

char *v2v_network_naming_file(enum v2v_network_namer namer, const char *name)
{
	switch (namer) {
	case V2V_NAMER_LINKS:
		return v2v_format(V2V_LINK_DIR "/10-v2v-%s.link", name);
	case V2V_NAMER_RULES:
		return v2v_strdup(V2V_UDEV_TABLE);
	case V2V_NAMER_MACTAB:
		return v2v_strdup(V2V_MACTAB);
	case V2V_NAMER_NONE:
		break;
	}
	return NULL;
}

bool v2v_network_is_place(const char *path)
{
	static const char *const roots[] = { "/etc/systemd", "/etc/udev",
		V2V_MACTAB, "/etc/cloud" };

	for (size_t i = 0; path && i < sizeof roots / sizeof roots[0]; i++)
		if (v2v_starts_with(path, roots[i]))
			return true;
	return false;
}

static void add_naming_file(const struct v2v_network_file *file, void *opaque)
{
	struct v2v_list *paths = opaque;

	if (v2v_network_rank(file->path) == V2V_NETWORK_NAMES &&
		(file->form != V2V_NETWORK_RULES ||
			(strstr(file->text, "\"net\"") &&
				strstr(file->text, "NAME"))))
		v2v_list_add_string(paths, file->path);
}

void v2v_network_naming_files(struct v2v_guest *guest, struct v2v_list *paths)
{
	v2v_network_each(guest, add_naming_file, paths);
}
