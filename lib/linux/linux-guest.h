/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a Linux guest's files several parts ask for: read once, and handed to
 * the inspection, its findings and each part of the plan. */
#ifndef V2V_LINUX_LINUX_GUEST_H
#define V2V_LINUX_LINUX_GUEST_H

#include "core/handle.h"
#include "linux/boot/bootloader.h"
#include "linux/network/network.h"
#include "model/source.h"

struct v2v_linux_guest {
	struct v2v_boot boot;
	enum v2v_network_namer namer;
};

/* Fill the zeroed *@guest; inspect->mountpoints, filesystems and firmware are
 * read. */
void v2v_linux_guest_read(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_linux_guest *guest);
void v2v_linux_guest_clear(struct v2v_linux_guest *guest);
#define CLEANUP_LINUX_GUEST __attribute__((cleanup(v2v_linux_guest_clear)))

/* Fill inspect->bootloader (NULL where none is found), network and kernels. */
int v2v_linux_guest_describe(struct v2v *v, const struct v2v_tree *tree,
	const struct v2v_source *source, const struct v2v_linux_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err);
#endif
