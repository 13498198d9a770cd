/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inspection, for the step and for convert. */
#ifndef V2V_INSPECT_H
#define V2V_INSPECT_H

#include "guest/guest.h"
#include "model/inspect.h"

/*
 * Open the guest, and fill the zeroed *@inspect; where "auto" took a backend
 * that does not know all that is on the disks, by the next one (*@request is
 * changed).  The guest's filesystems are mounted meanwhile, in place read-only,
 * and unmounted at the end.
 * *@ret_diff (NULL: not wanted) is what a conversion would change, as
 * v2v_plan_diff() writes it.
 */
int v2v_inspect_open(struct v2v *v, struct v2v_guest_request *request,
	const struct v2v_inspect_options *opt, struct v2v_guest **ret_guest,
	struct v2v_inspect *inspect, char **ret_diff, struct v2v_error *err);
#endif
