/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about Container Linux, which is not converted. */
#include "inspect/findings/find-private.h"

/* What its files call a card, which will have another name. */
static void find_names(struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		if (iface->name && !iface->mac && iface->where &&
			v2v_starts_with(iface->where, "/etc/systemd/network/"))
			v2v_finding_add(inspect, V2V_NOTE, "network-name-lost",
				iface->where,
				"the name %s is not kept: have MACAddress= in "
				"the place of Name= there",
				iface->name);
}

void v2v_find_container_linux(struct v2v_inspect *inspect)
{
	v2v_finding_add(inspect, V2V_BLOCKER, "container-linux", NULL,
		"%s: a hash in its kernel, which has virtio's drivers, guards "
		"its programs; nothing has to be changed but what is named "
		"below, copy it without v2v-convert",
		inspect->product_name ? inspect->product_name
				      : "Flatcar or another Container Linux");
	find_names(inspect);
}
