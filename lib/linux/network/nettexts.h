/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits of network configuration: pure functions over texts, as texts.h has
 * them. What finds a card by something that the new machine has not, an old
 * MAC, a place on the old PCI bus, the old card's driver, finds the new card.
 * Comments, order, white space, case and separators stay.
 */
#ifndef V2V_LINUX_NETWORK_NETTEXTS_H
#define V2V_LINUX_NETWORK_NETTEXTS_H

#include "linux/network/pairing.h"

/* What card the NIC was, as the source has it. */
struct v2v_net_card {
	const char *model, *mac; /* borrowed */
};

struct v2v_net_edit {
	const struct v2v_list *macs;   /* of struct v2v_mac_change */
	const struct v2v_list *places; /* of struct v2v_net_place */
	const struct v2v_list *nics;   /* of struct v2v_guest_nic */
	/* Of struct v2v_net_card; NULL: all were of one model, or it is not
	 * known */
	const struct v2v_list *cards;
	const char *driver; /* the new cards': "virtio_net"; NULL */
};

/* Any form: MACs anywhere but in comments, drivers where the line says so. */
char *v2v_nettext_plain(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* Kernel arguments, wherever a text has them: MACs of ifname= and ip=. */
char *v2v_nettext_cmdline(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* systemd.network(5): its [Match] may also have Path= and Virtualization=. */
char *v2v_nettext_systemd(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* nm-settings-keyfile(5): a path in [match] becomes mac-address. */
char *v2v_nettext_keyfile(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* systemd.link(5): besides, a file that matches one of the NICs by its MAC and
 * gives it no name gives it the NIC's: only the first file that matches
 * counts. */
char *v2v_nettext_link(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* udev(7) rules: those that name a card. */
char *v2v_nettext_rules(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/* mactab of nameif(8): besides, there is a line for each NIC that has a name.
 * @text may be "". */
char *v2v_nettext_mactab(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what);

/*
 * 70-persistent-net.rules, which udev itself wrote: besides, rules for cards
 * that are gone are dropped, with the comment above them; with @add there is a
 * rule for each NIC that has a name.  @text may be "".
 */
char *v2v_nettext_persistent(const char *text, const struct v2v_net_edit *edit,
	bool add, struct v2v_text *what);

/* Any of these but the tables, by the name of the file, in the guest or in an
 * initrd. */
char *v2v_nettext_file(const char *path, const char *text,
	const struct v2v_net_edit *edit, struct v2v_text *what);

/* The MAC of the card that was at such a place ("pci-0000:0b:00.0", a pattern);
 * NULL. */
const char *v2v_nettext_mac_at(
	const struct v2v_net_edit *edit, const char *pattern);
#endif
