/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of network configuration share: names, addresses, and the
 * list that they add to. */
#ifndef V2V_LINUX_NETWORK_NETREAD_H
#define V2V_LINUX_NETWORK_NETREAD_H

#include "model/inspect.h"

/* More cards than any machine has: a caller drops those behind. */
#define V2V_NETREAD_MAX 1024

/* The interface of that name and place in @interfaces, added where there is
 * none, as one without a name ("") always is; the address of the struct, until
 * the next.  Of those behind the last that counts only one is there. */
struct v2v_interface *v2v_netread_add(
	struct v2v_list *interfaces, const char *name, const char *where);

/* Add the cards among the @words (blanks or commas between them) that
 * @interfaces does not know: the members of a bond or a bridge. */
void v2v_netread_members(
	struct v2v_list *interfaces, const char *words, const char *where);

/* Add an address; @netmask is NULL, bits or "255.255.255.0".  An address that
 * is there already is not added again. */
void v2v_netread_address(
	struct v2v_interface *iface, const char *address, const char *netmask);

/* Set what is not set yet: "dhcp" where @dhcp, else "static" where there are
 * addresses. */
void v2v_netread_method(struct v2v_interface *iface, bool dhcp);

/* Set the MAC where there is none and @mac is one: six bytes, with ':' or '-'
 * between them, of one card. */
void v2v_netread_mac(struct v2v_interface *iface, const char *mac);
bool v2v_netread_is_mac(const char *s);

/* A MAC whose leading zeros may be left out with these, in lower case; what is
 * none as it is.  The caller frees. */
char *v2v_netread_plain_mac(const char *mac);

/* Set where the card was on the bus, where that is not set and @path tells;
 * NULL: it does not. */
void v2v_netread_path(struct v2v_interface *iface, const char *path);

/* Names that no card has: bridges, bonds, tunnels, VLANs, aliases, patterns. */
bool v2v_netread_is_virtual(const char *name);

/* A file that an editor or a package manager left: no one reads it. */
bool v2v_netread_is_leftover(const char *file_name);

/* Does the name look like that of a card?  Others are believed where a MAC
 * belongs to them. */
bool v2v_network_is_card(const char *name);

/* Bits of a netmask, "255.255.255.0" or "24"; 0 for what is neither. */
unsigned v2v_network_prefix(const char *netmask);

/* Does the kernel give the name without udev's help ("eth0")?  *@ret_number is
 * its number; may be NULL. */
bool v2v_pairing_is_kernel_name(const char *name, uint64_t *ret_number);
#endif
