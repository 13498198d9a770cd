/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flatcar and CoreOS' Container Linux: programs are in one of two partitions
 * that a hash in the kernel guards, and the root has none of them. */
#ifndef V2V_INSPECT_CONTAINER_LINUX_H
#define V2V_INSPECT_CONTAINER_LINUX_H

#include "guest/guest.h"
#include "model/inspect.h"
#include "model/source.h"

/* Told by the names of its partitions. */
bool v2v_container_linux_is(const struct v2v_list *volumes);

/* Fill inspect's product, type and network from its two filesystems, of which
 * nothing stays mounted; its root stays NULL. */
void v2v_container_linux_describe(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_list *volumes,
	struct v2v_inspect *inspect);
#endif
