/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Partitions of the bootloader that no fstab names:
 * systemd-gpt-auto-generator(8) finds them by their type. */
#ifndef V2V_INSPECT_LAYOUTS_AUTO_MOUNTS_H
#define V2V_INSPECT_LAYOUTS_AUTO_MOUNTS_H

#include "guest/guest.h"
#include "model/inspect.h"

enum v2v_auto_kind { V2V_AUTO_XBOOTLDR, V2V_AUTO_ESP };

/* The partition of that kind that starts the root of @inspect: the one on its
 * disk, else the only one.  NULL: none, or it has a mountpoint already. */
const char *v2v_auto_device(enum v2v_auto_kind kind,
	const struct v2v_list *volumes, const struct v2v_inspect *inspect);

/* Mount what has the kernel of a root that is an image, or of OpenWrt: a
 * partition of the same disk that the system itself mounts late or never.  What
 * does not mount is added to @failures (of struct v2v_mount_failure). */
void v2v_auto_mount_kernel(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_inspect *inspect,
	struct v2v_list *failures);

/* Mount them where the guest keeps an empty folder for them, and add that to
 * inspect->mountpoints.  The others are mounted. */
void v2v_auto_mount(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_inspect *inspect, struct v2v_list *failures);
#endif
