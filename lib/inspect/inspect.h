/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inspection over a running appliance, for the step and for convert. */
#ifndef V2V_INSPECT_H
#define V2V_INSPECT_H

#include "guest/guest.h"
#include "model/inspect.h"

/* Fill the zeroed *@inspect.  The guest's filesystems are mounted meanwhile, in
 * place read-only, and unmounted at the end. */
int v2v_inspect_guest(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, struct v2v_error *err);
#endif
