/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration inside an initramfs that names the old devices: the guest's
 * files are edited, but until its next update the archive has copies. */
#ifndef V2V_CONVERT_STALE_H
#define V2V_CONVERT_STALE_H

#include "initrd/initrd.h"
#include "model/devices.h"

/*
 * Add to @texts (of struct v2v_initrd_text) the captured files of the archive,
 * edited.  What was changed is added to @what.
 */
void v2v_stale_edit(const struct v2v_initrd *initrd,
	const struct v2v_devices *devices, struct v2v_list *texts,
	struct v2v_text *what);
#endif
