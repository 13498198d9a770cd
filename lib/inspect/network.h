/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guest's network configuration: which interface names it expects, and how
 * they get their addresses.  One parser a form; each adds to a list of struct
 * v2v_interface what one text says, `where` being the file's name.
 */
#ifndef V2V_INSPECT_NETWORK_H
#define V2V_INSPECT_NETWORK_H

#include "guest/guest.h"
#include "model/inspect.h"

/* interfaces(5) of ifupdown */
void v2v_network_ifupdown(
	const char *text, const char *where, struct v2v_list *interfaces);

/* netplan(5); text that is no YAML adds nothing */
void v2v_network_netplan(
	const char *text, const char *where, struct v2v_list *interfaces);

/* systemd.network(5) */
void v2v_network_networkd(
	const char *text, const char *where, struct v2v_list *interfaces);

/* nm-settings-keyfile(5) of NetworkManager */
void v2v_network_keyfile(
	const char *text, const char *where, struct v2v_list *interfaces);

/* ifcfg-NAME of RHEL and SUSE */
void v2v_network_ifcfg(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Is it the name of a real card, not of a bridge, bond, VLAN or loopback? */
bool v2v_network_is_card(const char *name);

/* Bits of a netmask, "255.255.255.0" or "24"; 0 for what is neither. */
unsigned v2v_network_prefix(const char *netmask);

/* Read all of them from the mounted guest into inspect->network. */
void v2v_network_find(struct v2v_guest *guest, struct v2v_inspect *inspect);
#endif
