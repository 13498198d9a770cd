/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Windows, mounted: what its files, its registry and its disks say. */
#ifndef V2V_INSPECT_LOOK_WINDOWS_H
#define V2V_INSPECT_LOOK_WINDOWS_H

#include "guest/guest.h"
#include "model/inspect.h"
#include "model/source.h"

/* Fill inspect->windows.  @volumes is of struct v2v_volume; what is to be
 * looked into and does not mount is added to @failures. */
void v2v_look_at_windows(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_list *volumes,
	struct v2v_inspect *inspect, struct v2v_list *failures);
#endif
