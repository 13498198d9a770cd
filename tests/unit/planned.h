/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan over a tree, for parts of the conversion of a Linux guest. */
#ifndef V2V_TEST_PLANNED_H
#define V2V_TEST_PLANNED_H

#include "convert/linux/linux.h"

struct planned {
	struct v2v *v;
	struct v2v_plan plan;
	struct v2v_task task;
	struct v2v_guestcaps caps;
	struct v2v_linux_guest guest;
	struct v2v_linux c;
};

/* @p must stay where it is. */
static inline void planned_begin(struct planned *p, const struct v2v_tree *tree,
	const struct v2v_source *source, const struct v2v_inspect *inspect)
{
	*p = (struct planned){ .v = v2v_new() };
	v2v_plan_init(&p->plan, tree);
	v2v_linux_guest_read(tree, inspect, &p->guest);
	p->task = (struct v2v_task){ .v = p->v,
		.source = source,
		.inspect = inspect,
		.linux_guest = &p->guest,
		.plan = &p->plan,
		.caps = &p->caps };
	p->c = v2v_linux_of(&p->task);
}

static inline void planned_clear(struct planned *p)
{
	v2v_plan_clear(&p->plan);
	v2v_guestcaps_clear(&p->caps);
	v2v_linux_guest_clear(&p->guest);
	v2v_free(p->v);
}
#endif
