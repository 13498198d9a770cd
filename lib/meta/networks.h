/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the new machine's cards are plugged into, by the user's maps. */
#ifndef V2V_META_NETWORKS_H
#define V2V_META_NETWORKS_H

#include "meta/meta.h"

/* 0, or the error "bad-option" where one of v2v.h's options is not a map. */
int v2v_networks_check(
	const struct v2v_meta_options *opt, struct v2v_error *err);

/* Set where each card of @machine is plugged in, and its model where the user
 * has one for it, which is his string. */
void v2v_networks_apply(struct v2v *v, struct v2v_machine *machine,
	const struct v2v_meta_options *opt);
#endif
