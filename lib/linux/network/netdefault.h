/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that no file gives: udev's own, which come of VMware's slots. */
#ifndef V2V_LINUX_NETWORK_NETDEFAULT_H
#define V2V_LINUX_NETWORK_NETDEFAULT_H

#include "guest/tree.h"
#include "model/source.h"

/* Do .link files name cards?  Not where /etc has another file, or a link to
 * /dev/null, in the place of 80-net-setup-link.rules, which applies them. */
bool v2v_netdefault_heeds_links(const struct v2v_tree *tree);

/* Does systemd's udev there call cards by their slots, "ens192", where nothing
 * else names them?  @options is the kernel's command line; may be NULL. */
bool v2v_netdefault_is_by_slot(
	const struct v2v_tree *tree, const char *options);

/* Add the name of each NIC whose slot is known to @interfaces. */
void v2v_netdefault_add(
	const struct v2v_source *source, struct v2v_list *interfaces);
#endif
