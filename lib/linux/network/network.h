/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guest's network configuration: where distributions keep it, which
 * interface names it expects, and how they get their addresses.
 */
#ifndef V2V_LINUX_NETWORK_NETWORK_H
#define V2V_LINUX_NETWORK_NETWORK_H

#include "guest/tree.h"
#include "model/inspect.h"
#include "model/source.h"

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
void v2v_network_each(const struct v2v_tree *tree,
	void (*call)(const struct v2v_network_file *file, void *opaque),
	void *opaque);

/* Read all of them from the mounted guest into inspect->network, with what the
 * default of @entries (of struct v2v_boot_entry) has on its command line, and
 * the names that udev gives the NICs of the @source. */
void v2v_network_find(const struct v2v_tree *tree,
	const struct v2v_source *source, const struct v2v_list *entries,
	struct v2v_inspect *inspect);

/* Drop what belongs to no card: names that look like none, and that nothing
 * says has a MAC. */
void v2v_network_tidy(struct v2v_list *interfaces);

/*
 * What gives cards their names there: systemd.link(5), from systemd 209 on;
 * 70-persistent-net.rules, which older ones, Debian 8 and SUSE's still have a
 * generator for, and where .link files are not applied; nameif(8), where mdev
 * runs it; or nobody but the kernel.
 */
enum v2v_network_namer {
	V2V_NAMER_LINKS,
	V2V_NAMER_RULES,
	V2V_NAMER_MACTAB,
	V2V_NAMER_NONE,
};
enum v2v_network_namer v2v_network_namer(const struct v2v_tree *tree);
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
void v2v_network_naming_files(
	const struct v2v_tree *tree, struct v2v_list *paths);
#endif
