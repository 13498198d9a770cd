/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where distributions keep their network configuration. */
#include "linux/network/network.h"

#include "core/lines.h"
#include "guest/tree.h"
#include "linux/boot/boot-entry.h"
#include "linux/network/netdefault.h"
#include "linux/network/netmatch.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

#include <fnmatch.h>

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
	return v2v_starts_with(where, "/var/lib/") ||
			       v2v_starts_with(
				       where, "/etc/sysconfig/hardware/")
		       ? V2V_NETWORK_LEASES
		       : V2V_NETWORK_CONFIG;
}

/* What OpenWrt's overlay has over the image of its root. */
#define V2V_OVERLAY_UPPER "/overlay/upper"

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
	{ V2V_OVERLAY_UPPER "/etc/config", "network", 0, v2v_network_uci },
	{ "/etc/config", "network", 0, v2v_network_uci },
	{ "/opt/vyatta/etc/config", "config.boot", 0, v2v_network_vyos },
	{ "/config", "config.boot", 0, v2v_network_vyos },
	{ "/etc/rc.d", "rc.inet1.conf", 0, v2v_network_inet1 },
	{ "/var/lib/connman", "*.config", 0, v2v_network_connman },
	{ "/etc/cloud", "cloud.cfg", 0, v2v_network_netplan },
	{ "/etc/cloud/cloud.cfg.d", "*.cfg", 0, v2v_network_netplan },
	{ "/var/lib/cloud/seed/nocloud-net", "network-config", 0,
		v2v_network_netplan },
	{ "/var/lib/cloud/seed/nocloud", "network-config", 0,
		v2v_network_netplan },
	{ "/etc/systemd/network", "*.link", V2V_NETWORK_SYSTEMD,
		v2v_network_link },
	{ "/etc/systemd/network", "*.netdev", 0, v2v_network_netdev },
	{ "/etc/udev/rules.d", "*.rules", V2V_NETWORK_RULES, v2v_network_udev },
	{ "/etc", "mactab", 0, v2v_network_mactab },
	{ "/etc", "booster.yaml", 0, v2v_network_booster },
	{ "/etc/NetworkManager", "NetworkManager.conf", 0, NULL },
	{ "/etc/NetworkManager/conf.d", "*.conf", 0, NULL },
	{ "/etc/sysconfig/hardware", "hwcfg-*", V2V_NETWORK_STATE,
		v2v_network_hwcfg },
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
	const struct v2v_tree *tree;
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

/* By the overlay's own file of that name. */
static bool is_hidden(const struct v2v_tree *tree, const struct place *place)
{
	CLEANUP_FREE char *upper = v2v_format(
		V2V_OVERLAY_UPPER "%s/%s", place->directory, place->pattern);

	return place->parse == v2v_network_uci && v2v_tree_is_file(tree, upper);
}

static void read_place(struct walk *walk, const struct place *place)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	size_t read = 0;

	if (!v2v_tree_is_dir(walk->tree, place->directory) ||
		is_hidden(walk->tree, place))
		return;
	v2v_tree_list(walk->tree, place->directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", place->directory, *name);
		CLEANUP_FREE char *text = NULL;

		if (fnmatch(place->pattern, *name, FNM_PERIOD) != 0 ||
			v2v_netread_is_leftover(*name))
			continue;
		if (read >= MAX_FILES) {
			v2v_tree_warn_cut(
				walk->tree, place->directory, MAX_FILES);
			return;
		}
		if (!is_new(walk, path))
			continue;
		read++;
		text = v2v_tree_text(walk->tree, path);
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

/* Only edited: which of them counts is the bootloader's matter. */
static void read_vyos_images(struct walk *walk)
{
	struct v2v_list folders CLEANUP_STRINGS = { 0 };

	v2v_network_vyos_folders(walk->tree, &folders);
	v2v_list_foreach (char *, folder, &folders)
		read_place(walk, &(struct place){ .directory = *folder,
					 .pattern = "config.boot" });
}

void v2v_network_each(const struct v2v_tree *tree,
	void (*call)(const struct v2v_network_file *file, void *opaque),
	void *opaque)
{
	struct walk walk = { .tree = tree, .call = call, .opaque = opaque };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		read_place(&walk, &places[i]);
		if (i == 0)
			read_sources(&walk);
	}
	read_vyos_images(&walk);
	v2v_strings_clear(&walk.seen);
	v2v_strings_clear(&walk.sources);
}

/* Is it a bond, bridge or VLAN that systemd-networkd makes? */
static bool is_netdev(
	const struct v2v_list *interfaces, const struct v2v_interface *iface)
{
	v2v_list_foreach (const struct v2v_interface, i, interfaces)
		if (v2v_ends_with(i->where, ".netdev") &&
			strcmp(i->name, iface->name) == 0)
			return true;
	return false;
}

/* Has something a MAC for that name, or gives the name to a card? */
static bool is_believed(
	const struct v2v_list *interfaces, const struct v2v_interface *iface)
{
	if (is_netdev(interfaces, iface))
		return false;
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
	v2v_strings_clear(&iface->addresses);
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

/* Names that .link files would give, were they read. */
static void drop_links(struct v2v_list *interfaces)
{
	size_t kept = 0;

	v2v_list_foreach (struct v2v_interface, iface, interfaces) {
		if (v2v_ends_with(iface->where, ".link"))
			drop(iface);
		else
			v2v_items(struct v2v_interface, interfaces)[kept++] =
				*iface;
	}
	interfaces->count = kept;
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

static void parse_vyos(const struct v2v_tree *tree, const char *kernel,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *path = v2v_network_vyos_config(kernel);
	CLEANUP_FREE char *text = path ? v2v_tree_text(tree, path) : NULL;

	if (text && strlen(text) <= MAX_TEXT)
		parse_file(&(struct v2v_network_file){ .path = path,
				   .text = text,
				   .parse = v2v_network_vyos },
			inspect);
}

void v2v_network_find(const struct v2v_tree *tree,
	const struct v2v_source *source, const struct v2v_list *entries,
	struct v2v_inspect *inspect)
{
	const struct v2v_boot_entry *chosen = v2v_boot_entries_default(entries);

	v2v_network_each(tree, parse_file, inspect);
	if (!v2v_netdefault_heeds_links(tree))
		drop_links(&inspect->network);
	if (chosen && chosen->file)
		parse_file(&(struct v2v_network_file){ .path = chosen->file,
				   .text = chosen->options,
				   .parse = v2v_network_cmdline },
			inspect);
	if (chosen)
		parse_vyos(tree, chosen->kernel, inspect);
	v2v_network_tidy(&inspect->network);
	if (v2v_network_namer(tree) == V2V_NAMER_LINKS &&
		v2v_netdefault_is_by_slot(
			tree, chosen ? chosen->options : NULL))
		v2v_netdefault_add(source, &inspect->network);
}

/* mdev of busybox, where it is configured to run nameif. */
static bool runs_nameif(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/etc/mdev.conf");

	return text && strstr(text, "nameif");
}

enum v2v_network_namer v2v_network_namer(const struct v2v_tree *tree)
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

		if (v2v_tree_is_file(tree, generator))
			return V2V_NAMER_RULES;
		links |= v2v_tree_is_dir(tree, network);
		rules |= v2v_tree_is_dir(tree, directory);
	}
	/* NixOS has systemd and udev in its store only. */
	if (links || v2v_tree_is_dir(tree, "/etc/static/systemd"))
		return v2v_netdefault_heeds_links(tree) ? V2V_NAMER_LINKS
							: V2V_NAMER_RULES;
	if (rules)
		return V2V_NAMER_RULES;
	return runs_nameif(tree) ? V2V_NAMER_MACTAB : V2V_NAMER_NONE;
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

	return v2v_starts_with_any(path, roots);
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

void v2v_network_naming_files(
	const struct v2v_tree *tree, struct v2v_list *paths)
{
	v2v_network_each(tree, add_naming_file, paths);
}
