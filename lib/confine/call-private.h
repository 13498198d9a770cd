/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A confined call with more to say of the child than v2v_confined() has. */
#ifndef V2V_CONFINE_CALL_PRIVATE_H
#define V2V_CONFINE_CALL_PRIVATE_H

#include "core/handle.h"

/* As v2v_confined(); @prepare is called first in the child, with the descriptor
 * by which it answers, and may be NULL. */
int v2v_confined_after(struct v2v *v, const struct v2v_confine_options *opt,
	void (*prepare)(void *opaque, int answer),
	int (*call)(struct v2v *v, void *opaque), void *opaque, int *ret_result,
	struct v2v_error *err);
#endif
