/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that no file gives: udev's own, which come of VMware's slots. */
#ifndef V2V_INSPECT_NETDEFAULT_H
#define V2V_INSPECT_NETDEFAULT_H

#include "inspect/tree.h"
#include "model/source.h"

/* Does systemd's udev there call cards by their slots, "ens192", where nothing
 * else names them?  @options is the kernel's command line; may be NULL. */
bool v2v_netdefault_is_by_slot(
	const struct v2v_tree *tree, const char *options);

/* Add the name of each NIC whose slot is known to @interfaces. */
void v2v_netdefault_add(
	const struct v2v_source *source, struct v2v_list *interfaces);
#endif
