/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings by topic, a file each; findings.c calls them in its order. */
#ifndef V2V_INSPECT_FIND_PRIVATE_H
#define V2V_INSPECT_FIND_PRIVATE_H

#include "guest/guest.h"
#include "model/inspect.h"
#include "model/source.h"

/* Levels of findings. */
#define V2V_BLOCKER "blocker"
#define V2V_CHANGE  "change"
#define V2V_NOTE    "note"

/* Interface names, addresses, cloud-init. */
void v2v_find_network(struct v2v_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect);

/* Kernels: whether the default one can run on KVM, and what its initrd and
 * those of others lack. */
void v2v_find_kernels(struct v2v_inspect *inspect);
#endif
