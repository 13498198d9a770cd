/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts write, as operations. */
#include "plan/plan-private.h"

#include <fcntl.h>

/* Where nothing is there yet. */
static int check_new(const struct v2v_plan *plan, const char *path,
	enum v2v_kind kind, struct v2v_error *err)
{
	CLEANUP_FREE char *directory = v2v_plan_directory(path);

	if (kind != V2V_KIND_NONE && kind != V2V_KIND_DANGLING)
		return v2v_fail(err, "guest-write",
			"the guest's '%s' is not a regular file", path);
	if (!v2v_tree_is_dir(&plan->tree, directory))
		return v2v_fail(err, "guest-write",
			"cannot write the guest's '%s': '%s' is not a "
			"directory",
			path, directory);
	return 0;
}

struct v2v_op *v2v_plan_begin(
	struct v2v_plan *plan, const char *path, struct v2v_error *err)
{
	struct v2v_tree_stat st = { .kind = V2V_KIND_NONE };
	CLEANUP_FREE char *name = NULL;
	enum v2v_kind kind;
	struct v2v_op *op;

	if (v2v_plan_check_name(path, err) < 0)
		return NULL;
	op = v2v_stage_find(plan, path);
	if (op && op->type != V2V_OP_MAKE_DIR && op->type != V2V_OP_REMOVE) {
		v2v_op_empty(op);
		return op;
	}
	if (op || !plan->base->ops->stat(plan->base, path, &st) ||
		st.kind != V2V_KIND_FILE) {
		kind = v2v_tree_kind(&plan->tree, path);
		return check_new(plan, path, kind, err) < 0
			       ? NULL
			       : v2v_op_add_new(plan, path);
	}
	name = v2v_tree_resolve(plan->base, path);
	op = v2v_op_add(plan, path);
	if (name)
		v2v_string_set(&op->name, name);
	op->device = st.device;
	op->inode = st.inode;
	return op;
}

int v2v_plan_write(struct v2v_plan *plan, const char *path, const char *text,
	struct v2v_error *err)
{
	CLEANUP_FREE char *copy = v2v_strdup(text); /* perhaps the op's own */
	struct v2v_op *op = v2v_plan_begin(plan, path, err);

	if (!op)
		return -1;
	op->type = V2V_OP_WRITE;
	op->size = strlen(copy);
	op->text = v2v_take(copy);
	return 0;
}

int v2v_plan_copy(struct v2v_plan *plan, const char *from, const char *to,
	struct v2v_error *err)
{
	const struct v2v_op *source = v2v_stage_find(plan, from);
	int64_t size = v2v_tree_size(&plan->tree, from);
	CLEANUP_FREE char *text = NULL;
	CLEANUP_CLOSE int fd = -1;
	struct v2v_op *op;

	if (size < 0)
		return v2v_fail(err, "guest-read",
			"cannot read the guest's '%s'", from);
	text = source ? v2v_tree_text(&plan->tree, from) : NULL;
	if (text)
		return v2v_plan_write(plan, to, text, err);
	if (source) {
		fd = v2v_tree_fetch(&plan->tree, from, NULL, err);
		return fd < 0 ? -1 : v2v_plan_replace(plan, to, fd, err);
	}
	op = v2v_plan_begin(plan, to, err);
	if (!op)
		return -1;
	op->type = V2V_OP_COPY;
	op->from = v2v_strdup(from);
	op->size = (uint64_t)size;
	return 0;
}

/* Of the descriptor, not of the file. */
static int own_copy(int fd, struct v2v_error *err)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return own < 0 ? v2v_fail_errno(err, "cannot keep a temporary file")
		       : own;
}

int v2v_plan_replace(
	struct v2v_plan *plan, const char *path, int fd, struct v2v_error *err)
{
	CLEANUP_CLOSE int own = own_copy(fd, err);
	struct v2v_op *op;
	uint64_t size;

	if (own < 0 || v2v_plan_bytes(own, &size, err) < 0)
		return -1;
	op = v2v_plan_begin(plan, path, err);
	if (!op)
		return -1;
	op->type = V2V_OP_REPLACE;
	op->size = size;
	op->fd = v2v_take_fd(&own);
	return 0;
}

int v2v_plan_replace_later(struct v2v_plan *plan, const char *path,
	const struct v2v_maker *maker, uint64_t size, struct v2v_error *err)
{
	struct v2v_op *op = v2v_plan_begin(plan, path, err);

	if (!op) {
		maker->free(maker->opaque);
		return -1;
	}
	op->type = V2V_OP_REPLACE;
	op->maker = *maker;
	op->size = size;
	return 0;
}

/* What is appended to a file that is replaced anyway is part of that: of a file
 * of our own, as the caller may have given that one to several, this one too.
 */
static int append_to(const struct v2v_plan *plan, struct v2v_op *op, int fd,
	unsigned align, uint64_t size, struct v2v_error *err)
{
	CLEANUP_CLOSE int own = v2v_tree_scratch(plan->base, err);
	uint64_t at = v2v_plan_aligned(op->size, align);
	uint64_t in_file = op->type == V2V_OP_APPEND ? at - op->offset : at;

	if (own < 0 || v2v_stage_copy(op->fd, own, 0, err) < 0 ||
		v2v_stage_copy(fd, own, in_file, err) < 0)
		return -1;
	close(op->fd);
	op->fd = v2v_take_fd(&own);
	op->size = at + size;
	return 0;
}

/* Once that is made. */
static int append_later(
	struct v2v_op *op, int own, unsigned align, uint64_t size)
{
	op->fd = own;
	op->align = align;
	op->size = v2v_plan_aligned(op->size, align) + size;
	return 0;
}

int v2v_plan_append(struct v2v_plan *plan, const char *path, int fd,
	unsigned align, struct v2v_error *err)
{
	struct v2v_op *op = v2v_stage_find(plan, path);
	int64_t before = v2v_tree_size(&plan->tree, path);
	CLEANUP_CLOSE int own = own_copy(fd, err);
	uint64_t size;

	if (own < 0 || v2v_plan_bytes(own, &size, err) < 0)
		return -1;
	if (before < 0)
		return v2v_fail(
			err, "guest-write", "the guest has no file '%s'", path);
	if (op && op->maker.make && op->fd < 0)
		return append_later(op, v2v_take_fd(&own), align, size);
	if (op && v2v_op_make(plan, op, err) < 0)
		return -1;
	if (op && op->fd >= 0)
		return append_to(plan, op, own, align, size, err);
	if (op)
		return v2v_fail(err, "guest-write",
			"cannot append to the guest's '%s'", path);
	op = v2v_plan_begin(plan, path, err);
	if (!op)
		return -1;
	op->type = V2V_OP_APPEND;
	op->offset = v2v_plan_aligned((uint64_t)before, align);
	op->size = op->offset + size;
	op->fd = v2v_take_fd(&own);
	return 0;
}
