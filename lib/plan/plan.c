/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: its operations, and what is shown to people. */
#include "plan/plan.h"

#include "model/guestcaps.h"
#include "plan/plan-private.h"

#include <stdarg.h>

void v2v_plan_init(struct v2v_plan *plan, const struct v2v_tree *base)
{
	*plan = (struct v2v_plan){ .tree = { &v2v_stage_ops, plan },
		.base = base };
}

void v2v_op_empty(struct v2v_op *op)
{
	free(v2v_take(op->text));
	free(v2v_take(op->from));
	if (op->fd >= 0)
		close(op->fd);
	op->fd = -1;
	v2v_op_drop_maker(op);
	op->size = op->offset = 0;
}

static void op_clear(struct v2v_op *op)
{
	v2v_op_empty(op);
	free(op->path);
	free(op->name);
	free(op->label);
	free(op->shown);
}

struct v2v_op *v2v_op_add(struct v2v_plan *plan, const char *path)
{
	struct v2v_op *op = v2v_list_add(&plan->ops, sizeof *op);

	op->path = v2v_strdup(path);
	op->name = v2v_stage_name(plan->base, path);
	op->fd = -1;
	return op;
}

struct v2v_op *v2v_op_add_new(struct v2v_plan *plan, const char *path)
{
	const struct v2v_op *before = v2v_stage_find(plan, path);
	uint64_t device = before ? before->device : 0;
	uint64_t inode = before ? before->inode : 0;
	struct v2v_op *op = v2v_op_add(plan, path);

	op->is_new = true;
	op->device = device;
	op->inode = inode;
	return op;
}

void v2v_op_drop(struct v2v_plan *plan, struct v2v_op *op)
{
	struct v2v_op *end =
		v2v_items(struct v2v_op, &plan->ops) + plan->ops.count;

	op_clear(op);
	memmove(op, op + 1, (size_t)(end - op - 1) * sizeof *op);
	plan->ops.count--;
}

/* What a name in the guest is: absolute, and no directory's. */
static bool is_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return *path == '/' && slash[1];
}

int v2v_plan_check_name(const char *path, struct v2v_error *err)
{
	return is_name(path) ? 0
			     : v2v_fail(err, "guest-write",
				       "'%s' is not the name of a file in the "
				       "guest",
				       path);
}

char *v2v_plan_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? v2v_strdup("/")
			     : v2v_strndup(path, (size_t)(slash - path));
}

void v2v_plan_describe(
	struct v2v_plan *plan, const char *path, const char *text)
{
	struct v2v_op *op = v2v_stage_find(plan, path);

	if (op)
		v2v_string_set(&op->shown, text);
}

static void notes_clear(struct v2v_list *notes)
{
	v2v_list_foreach (struct v2v_plan_note, note, notes)
		free(note->text);
	free(notes->items);
}

void v2v_plan_clear(struct v2v_plan *plan)
{
	v2v_list_foreach (struct v2v_op, op, &plan->ops) {
		op_clear(op);
	}
	free(plan->ops.items);
	v2v_changes_clear(&plan->changes);
	notes_clear(&plan->notes);
	notes_clear(&plan->blockers);
	*plan = (struct v2v_plan){ .base = plan->base };
}

void v2v_plan_changed(struct v2v_plan *plan, const char *path, const char *code,
	const char *where, const char *fmt, ...)
{
	struct v2v_change *change =
		v2v_list_add(&plan->changes, sizeof *change);
	va_list args;

	change->path = v2v_strdup(path);
	change->code = v2v_strdup(code);
	change->where = v2v_strdup(where ? where : path);
	va_start(args, fmt);
	if (vasprintf(&change->what, fmt, args) < 0)
		abort();
	va_end(args);
}

void v2v_plan_note(
	struct v2v_plan *plan, const char *code, const char *fmt, ...)
{
	struct v2v_plan_note *note = v2v_list_add(&plan->notes, sizeof *note);
	va_list args;

	note->code = code;
	va_start(args, fmt);
	if (vasprintf(&note->text, fmt, args) < 0)
		abort();
	va_end(args);
}

void v2v_plan_block(struct v2v_plan *plan, const struct v2v_error *why)
{
	struct v2v_plan_note *blocker =
		v2v_list_add(&plan->blockers, sizeof *blocker);

	blocker->code = why->code;
	blocker->text = v2v_strdup(why->text);
}
