/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content that costs much to make: who only looks at a plan does not need it.
 */
#include "plan/plan-private.h"

/* What was appended meanwhile comes behind it. */
static int make(const struct v2v_op *op, int out, uint64_t *ret_size,
	struct v2v_error *err)
{
	if (op->maker.make(op->maker.opaque, out, err) < 0)
		return v2v_fail_prefix(err, "'%s'", op->path);
	if (v2v_plan_bytes(out, ret_size, err) < 0)
		return -1;
	if (op->fd < 0)
		return 0;
	return v2v_stage_copy(op->fd, out,
		       v2v_plan_aligned(*ret_size, op->align), err) < 0
		       ? -1
		       : v2v_plan_bytes(out, ret_size, err);
}

void v2v_op_drop_maker(struct v2v_op *op)
{
	if (op->maker.free)
		op->maker.free(op->maker.opaque);
	op->maker = (struct v2v_maker){ 0 };
}

int v2v_op_make(
	const struct v2v_plan *plan, struct v2v_op *op, struct v2v_error *err)
{
	CLEANUP_CLOSE int out = -1;
	uint64_t size;

	if (!op->maker.make)
		return 0;
	out = v2v_tree_scratch(plan->base, err);
	if (out < 0 || make(op, out, &size, err) < 0)
		return -1;
	v2v_cleanup_close(&op->fd);
	v2v_op_drop_maker(op);
	op->fd = v2v_take_fd(&out);
	op->size = size;
	return 0;
}

int v2v_plan_make(const struct v2v_plan *plan, struct v2v_error *err)
{
	v2v_list_foreach (struct v2v_op, op, &plan->ops)
		if (v2v_op_make(plan, op, err) < 0)
			return -1;
	return 0;
}
