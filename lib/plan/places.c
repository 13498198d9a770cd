/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories that are made, and files that are removed, as operations. */
#include "plan/plan-private.h"

int v2v_plan_make_dir(
	struct v2v_plan *plan, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *above = NULL;
	enum v2v_kind kind;

	if (v2v_tree_is_dir(&plan->tree, path))
		return 0;
	if (v2v_plan_check_name(path, err) < 0)
		return -1;
	kind = v2v_tree_kind(&plan->tree, path);
	if (kind != V2V_KIND_NONE)
		return v2v_fail(err, "guest-write",
			"cannot make the guest's '%s': something else is there",
			path);
	above = v2v_plan_directory(path);
	if (v2v_plan_make_dir(plan, above, err) < 0)
		return -1;
	v2v_op_add_new(plan, path)->type = V2V_OP_MAKE_DIR;
	return 0;
}

/* An operation whose file is removed again; NULL: there is none, and the name
 * is the guest's own. */
static struct v2v_op *unplan(
	struct v2v_plan *plan, const char *path, struct v2v_op *op)
{
	CLEANUP_FREE char *name = v2v_stage_name(plan->base, path);

	/* By another of its names, it stays there. */
	if (!op || strcmp(op->name, name) != 0)
		return NULL;
	if (op->is_new) {
		v2v_op_drop(plan, op);
		return NULL;
	}
	v2v_op_empty(op);
	v2v_string_set(&op->path, path);
	return op;
}

int v2v_plan_remove(
	struct v2v_plan *plan, const char *path, struct v2v_error *err)
{
	struct v2v_tree_stat st = { 0 };
	struct v2v_op *op;
	bool is_link, was_new;

	if (v2v_plan_check_name(path, err) < 0)
		return -1;
	is_link = v2v_tree_is_link(&plan->tree, path);
	if (!is_link && !v2v_tree_is_file(&plan->tree, path))
		return v2v_fail(err, "guest-write",
			"cannot remove the guest's '%s': no such file", path);
	op = v2v_stage_find(plan, path);
	was_new = !is_link && op && op->is_new;
	op = is_link ? NULL : unplan(plan, path, op);
	if (was_new) {
		/* It may have covered a link that leads nowhere. */
		is_link = v2v_tree_is_link(&plan->tree, path);
		if (!is_link)
			return 0;
	}
	if (!op)
		op = v2v_op_add(plan, path);
	op->type = V2V_OP_REMOVE;
	if (!is_link && plan->base->ops->stat(plan->base, path, &st)) {
		op->device = st.device;
		op->inode = st.inode;
	}
	return 0;
}
