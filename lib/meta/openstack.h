/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What OpenStack is told of a machine: properties of its image. */
#ifndef V2V_META_OPENSTACK_H
#define V2V_META_OPENSTACK_H

#include "meta/meta.h"

/* The properties that Nova reads (ImageMetaProps), strings all of them; the
 * caller's. */
json_t *v2v_openstack_properties(
	struct v2v *v, const struct v2v_machine *machine);
#endif
