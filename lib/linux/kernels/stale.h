/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration inside an initramfs that names the old devices or cards: the
 * guest's files are edited, but until its next update the archive has copies,
 * and files that were only ever made for it. */
#ifndef V2V_LINUX_KERNELS_STALE_H
#define V2V_LINUX_KERNELS_STALE_H

#include "initrd/initrd.h"
#include "linux/network/nettexts.h"
#include "model/devices.h"

/* What a scan has to capture: files, and folders ("/" behind them). */
extern const char *const v2v_stale_files[];

/*
 * Add to @texts (of struct v2v_initrd_text) the captured files of the archive,
 * edited: names of devices, and what finds a network card (@net; NULL: that
 * stays).  A wait of dracut's for a device of which no disk is known is
 * dropped, since it would never end.  What was changed is added to @what.
 */
void v2v_stale_edit(const struct v2v_initrd *initrd,
	const struct v2v_devices *devices, const struct v2v_net_edit *net,
	struct v2v_list *texts, struct v2v_text *what);
#endif
