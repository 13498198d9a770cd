/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guest's network configuration: which interface names it expects, and how
 * they get their addresses.  One parser a form; each adds to a list of struct
 * v2v_interface what one text says, `where` being the file's name.  An
 * interface whose name is "" is a card of any name that has the MAC.
 */
#ifndef V2V_INSPECT_NETWORK_H
#define V2V_INSPECT_NETWORK_H

#include "guest/guest.h"
#include "model/inspect.h"
#include "model/source.h"

/* interfaces(5) of ifupdown */
void v2v_network_ifupdown(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Its `source` and `source-directory` lines, as absolute patterns of file names
 * added to @patterns (of char *). */
void v2v_network_sources(const char *text, struct v2v_list *patterns);

/* netplan(5), and cloud-init's `network:`; text that is no YAML adds nothing */
void v2v_network_netplan(
	const char *text, const char *where, struct v2v_list *interfaces);

/* systemd.network(5), systemd.link(5) */
void v2v_network_networkd(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_link(
	const char *text, const char *where, struct v2v_list *interfaces);

/* nm-settings-keyfile(5) of NetworkManager */
void v2v_network_keyfile(
	const char *text, const char *where, struct v2v_list *interfaces);

/* ifcfg-NAME of RHEL and SUSE */
void v2v_network_ifcfg(
	const char *text, const char *where, struct v2v_list *interfaces);

/* SUSE's of old are named for the card, "ifcfg-eth-id-00:50:56:aa:00:01" and
 * "ifcfg-bus-pci-0000:00:11.0": is @where such a file?  The two point into it
 * or are NULL. */
bool v2v_ifcfg_is_of_card(
	const char *where, const char **ret_mac, const char **ret_path);

/* conf.d/net of OpenRC; connman-service.config(5) */
void v2v_network_openrc(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_connman(
	const char *text, const char *where, struct v2v_list *interfaces);

/* dhcpcd.conf(5); a profile of netctl */
void v2v_network_dhcpcd(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_netctl(
	const char *text, const char *where, struct v2v_list *interfaces);

/* wicked's own XML */
void v2v_network_wicked(
	const char *text, const char *where, struct v2v_list *interfaces);

/* mactab of nameif(8), which Alpine's mdev runs: "eth0 00:50:56:aa:bb:cc" */
void v2v_network_mactab(
	const char *text, const char *where, struct v2v_list *interfaces);

/* ifname= and ip= of dracut and others, in a kernel's command line */
void v2v_network_cmdline(
	const char *text, const char *where, struct v2v_list *interfaces);

/* udev(7) rules that give names */
void v2v_network_udev(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Leases of dhclient, NetworkManager and wicked; the names of the latter two
 * stand in the files' names. */
void v2v_network_dhclient(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_nm_lease(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_wicked_lease(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Does the name look like that of a card?  Others are believed where a MAC
 * belongs to them. */
bool v2v_network_is_card(const char *name);

/* Bits of a netmask, "255.255.255.0" or "24"; 0 for what is neither. */
unsigned v2v_network_prefix(const char *netmask);

/* How far a file is to be believed when it comes to names, by its place. */
enum v2v_network_rank {
	V2V_NETWORK_CONFIG,  /* configures a card */
	V2V_NETWORK_CLOUD,   /* cloud-init makes such a file of it */
	V2V_NETWORK_NAMES,   /* gives a card its name: .link, udev rules */
	V2V_NETWORK_LEASES,  /* remembers a name */
	V2V_NETWORK_DEFAULT, /* udev's own, where no file gives one */
};
enum v2v_network_rank v2v_network_rank(const char *where);

/* Forms of files that differ in how they are edited. */
enum v2v_network_form {
	V2V_NETWORK_PLAIN,
	V2V_NETWORK_SYSTEMD, /* [Match] of networkd and .link */
	V2V_NETWORK_KEYFILE, /* NetworkManager's */
	V2V_NETWORK_RULES,   /* udev rules */
	V2V_NETWORK_STATE,   /* leases: never edited */
};

/* Call @call for each file of network configuration that there is. */
struct v2v_network_file {
	const char *path, *text;
	enum v2v_network_form form;
	/* NULL where it is only edited */
	void (*parse)(const char *, const char *, struct v2v_list *);
};
void v2v_network_each(struct v2v_guest *guest,
	void (*call)(const struct v2v_network_file *file, void *opaque),
	void *opaque);

/* Read all of them from the mounted guest into inspect->network, with what the
 * default of @entries (of struct v2v_boot_entry) has on its command line, and
 * the names that udev gives the NICs of the @source. */
void v2v_network_find(struct v2v_guest *guest, const struct v2v_source *source,
	const struct v2v_list *entries, struct v2v_inspect *inspect);

/* Drop what is no card's: names that look like none, and that nothing says has
 * a MAC. */
void v2v_network_tidy(struct v2v_list *interfaces);

/*
 * What gives cards their names there: systemd.link(5), from systemd 209 on;
 * 70-persistent-net.rules, which older ones, Debian 8 and SUSE's still have a
 * generator for; nameif(8), where mdev runs it; or nobody but the kernel.
 */
enum v2v_network_namer {
	V2V_NAMER_LINKS,
	V2V_NAMER_RULES,
	V2V_NAMER_MACTAB,
	V2V_NAMER_NONE,
};
enum v2v_network_namer v2v_network_namer(struct v2v_guest *guest);
#define V2V_LINK_DIR	 "/etc/systemd/network"
#define V2V_DEFAULT_DIR	 "/usr/lib/systemd/network"
#define V2V_DEFAULT_LINK "99-default.link"
#define V2V_UDEV_DIR	 "/etc/udev/rules.d"
#define V2V_UDEV_TABLE	 V2V_UDEV_DIR "/70-persistent-net.rules"
#define V2V_MACTAB	 "/etc/mactab"

/* The file that gives a card the name, there; the caller's, or NULL. */
char *v2v_network_naming_file(enum v2v_network_namer namer, const char *name);

/* Is such a file, or that of cloud-init, at @path or beneath it?  NULL: no. */
bool v2v_network_is_place(const char *path);

/* Paths of the guest's files that name cards, added to @paths (of char *): what
 * an initrd with network drivers needs too. */
void v2v_network_naming_files(struct v2v_guest *guest, struct v2v_list *paths);
#endif
