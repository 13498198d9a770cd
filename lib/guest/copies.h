/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an appliance gets the machine's copies in the place of its source. */
#ifndef V2V_GUEST_COPIES_H
#define V2V_GUEST_COPIES_H

#include "guest/guest.h"

/*
 * Fill the zeroed *@copies with the disks that v2v-copy made: 1; 0 where the
 * source and its overlays are to be used: nothing was copied, or the copies
 * have no names, or are devices and only looked at, and the source is what they
 * are. -1 where neither is the machine's, or the copies are not what they
 * should be; each is a disk of its own, and none is a source.
 */
int v2v_guest_copies(const struct v2v_guest_request *request,
	struct v2v_source *copies, struct v2v_error *err);
#endif
