/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stage as a tree: the guest's, with what is planned. */
#include "core/file.h"
#include "core/open.h"
#include "plan/plan-private.h"

#include <fcntl.h>

#define PLAN(tree) ((const struct v2v_plan *)(tree)->opaque)

/* Device number of files that are not there yet. */
#define NOWHERE UINT64_MAX

static int read_text(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err)
{
	const struct v2v_plan *plan = PLAN(tree);
	const struct v2v_op *op = v2v_stage_find(plan, path);

	if (!op)
		return v2v_tree_read(plan->base, path, ret_text, err);
	*ret_text = NULL;
	if (op->type == V2V_OP_COPY)
		return v2v_tree_read(plan->base, op->from, ret_text, err);
	/* What comes of the host is an archive. */
	if (op->type == V2V_OP_WRITE)
		*ret_text = v2v_strdup(op->text);
	return 0;
}

static bool stat_of(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	const struct v2v_plan *plan = PLAN(tree);
	const struct v2v_op *op = v2v_stage_find(plan, path);

	if (!op)
		return plan->base->ops->stat(plan->base, path, ret_stat);
	if (op->type == V2V_OP_REMOVE)
		return false;
	*ret_stat = (struct v2v_tree_stat){
		.kind = op->type == V2V_OP_MAKE_DIR ? V2V_KIND_DIRECTORY
						    : V2V_KIND_FILE,
		.size = (int64_t)op->size,
		.device = op->is_new ? NOWHERE : op->device,
		.inode = op->is_new ? (uint64_t)(op - v2v_items(struct v2v_op,
							      &plan->ops))
				    : op->inode,
	};
	return true;
}

/* The last part of the operation's name, where it is in @directory. */
static const char *name_in(const struct v2v_op *op, const char *directory)
{
	const char *slash = strrchr(op->name, '/');
	size_t n = (size_t)(slash - op->name);

	if (strcmp(directory, "/") == 0)
		return n == 0 ? slash + 1 : NULL;
	return strlen(directory) == n && strncmp(op->name, directory, n) == 0
		       ? slash + 1
		       : NULL;
}

static char **find_name(const struct v2v_list *names, const char *name)
{
	v2v_list_foreach (char *, have, names)
		if (strcmp(*have, name) == 0)
			return have;
	return NULL;
}

static void drop_name(struct v2v_list *names, char **name)
{
	char **end = v2v_items(char *, names) + names->count;

	free(*name);
	memmove(name, name + 1, (size_t)(end - name - 1) * sizeof *name);
	names->count--;
}

/* Add or take away a name of a list; true: it was added. */
static bool apply(
	const struct v2v_op *op, const char *name, struct v2v_list *names)
{
	char **have = find_name(names, name);

	if (op->type == V2V_OP_REMOVE && have)
		drop_name(names, have);
	if (op->type == V2V_OP_REMOVE || !op->is_new || have)
		return false;
	v2v_list_add_string(names, name);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	const struct v2v_plan *plan = PLAN(tree);
	CLEANUP_FREE char *real = NULL;
	bool is_added = false;

	v2v_tree_list(plan->base, directory, names);
	if (plan->ops.count == 0)
		return;
	real = v2v_tree_resolve(tree, directory);
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		const char *name = real ? name_in(op, real) : NULL;

		if (name)
			is_added |= apply(op, name, names);
	}
	if (is_added)
		qsort(names->items, names->count, sizeof(char *), by_name);
}

static void glob(const struct v2v_tree *tree, const char *pattern,
	struct v2v_list *names)
{
	const struct v2v_plan *plan = PLAN(tree);

	v2v_tree_glob(plan->base, pattern, names);
	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		if (op->type != V2V_OP_MAKE_DIR &&
			(v2v_glob_matches(pattern, op->path) ||
				v2v_glob_matches(pattern, op->name)))
			apply(op, op->path, names);
}

static char *resolve(const struct v2v_tree *tree, const char *path)
{
	const struct v2v_plan *plan = PLAN(tree);
	const struct v2v_op *op = v2v_stage_find(plan, path);

	if (!op || (!op->is_new && op->type != V2V_OP_REMOVE))
		return v2v_tree_resolve(plan->base, path);
	return op->type == V2V_OP_REMOVE ? NULL : v2v_strdup(op->name);
}

/* What is new or removed is not a link, but a link may lead there. */
static bool is_link(const struct v2v_tree *tree, const char *path)
{
	const struct v2v_plan *plan = PLAN(tree);
	const struct v2v_op *op = v2v_stage_find(plan, path);
	CLEANUP_FREE char *name = NULL;

	if (!op || (!op->is_new && op->type != V2V_OP_REMOVE))
		return v2v_tree_is_link(plan->base, path);
	name = v2v_stage_name(plan->base, path);
	return strcmp(op->name, name) != 0;
}

static const char *link_fault(const struct v2v_tree *tree, const char *path)
{
	return v2v_stage_find(PLAN(tree), path)
		       ? NULL
		       : v2v_tree_link_fault(PLAN(tree)->base, path);
}

static bool warn_link(const struct v2v_tree *tree, const char *path)
{
	return !v2v_stage_find(PLAN(tree), path) &&
	       v2v_tree_warn_link(PLAN(tree)->base, path);
}

static int fetch_text(
	const struct v2v_plan *plan, const char *text, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_tree_scratch(plan->base, err);

	if (fd < 0 || v2v_write_all(fd, "a temporary file", text, strlen(text),
			      err) < 0)
		return -1;
	return v2v_take_fd(&fd);
}

static int fetch_copy(
	const struct v2v_plan *plan, int from, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_tree_scratch(plan->base, err);

	if (fd < 0 || v2v_stage_copy(from, fd, 0, err) < 0)
		return -1;
	return v2v_take_fd(&fd);
}

static int fetch_appended(const struct v2v_plan *plan, const struct v2v_op *op,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_tree_fetch(plan->base, op->path, NULL, err);

	if (fd < 0 || v2v_stage_copy(op->fd, fd, op->offset, err) < 0)
		return -1;
	return v2v_take_fd(&fd);
}

static int fetch_op(
	const struct v2v_plan *plan, struct v2v_op *op, struct v2v_error *err)
{
	if (v2v_op_make(plan, op, err) < 0)
		return -1;
	switch (op->type) {
	case V2V_OP_WRITE:
		return fetch_text(plan, op->text, err);
	case V2V_OP_COPY:
		return v2v_tree_fetch(plan->base, op->from, NULL, err);
	case V2V_OP_REPLACE:
		return fetch_copy(plan, op->fd, err);
	case V2V_OP_APPEND:
		return fetch_appended(plan, op, err);
	case V2V_OP_MAKE_DIR:
	case V2V_OP_REMOVE:
		break;
	}
	return v2v_fail(
		err, "guest-read", "cannot read the guest's '%s'", op->path);
}

static int fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	const struct v2v_plan *plan = PLAN(tree);
	struct v2v_op *op = v2v_stage_find(plan, path);
	int fd;

	if (!op)
		return v2v_tree_fetch(plan->base, path, ret_size, err);
	fd = fetch_op(plan, op, err);
	if (fd >= 0 && ret_size)
		*ret_size = op->size;
	return fd;
}

/* What was made is a copy in any case. */
static int view(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	const struct v2v_plan *plan = PLAN(tree);

	return v2v_stage_find(plan, path)
		       ? fetch(tree, path, ret_size, err)
		       : v2v_tree_view(plan->base, path, ret_size, err);
}

static size_t read_at(const struct v2v_tree *tree, const char *path,
	uint64_t offset, void *data, size_t size)
{
	const struct v2v_plan *plan = PLAN(tree);
	struct v2v_op *op = v2v_stage_find(plan, path);
	CLEANUP_CLOSE int fd = -1;
	ssize_t n;

	if (!op)
		return v2v_tree_read_at(plan->base, path, offset, data, size);
	if (op->type == V2V_OP_COPY)
		return v2v_tree_read_at(
			plan->base, op->from, offset, data, size);
	fd = fetch_op(plan, op, NULL);
	n = fd < 0 ? -1 : pread(fd, data, size, (off_t)offset);
	return n < 0 ? 0 : (size_t)n;
}

/* Of the bytes that it will have. */
static char *sha1(const struct v2v_tree *tree, const char *path)
{
	const struct v2v_plan *plan = PLAN(tree);
	struct v2v_op *op = v2v_stage_find(plan, path);
	CLEANUP_CLOSE int fd = -1;

	if (!op)
		return v2v_tree_sha1(plan->base, path);
	fd = fetch_op(plan, op, NULL);
	return fd < 0 ? NULL : v2v_plan_sha1(fd);
}

static char *section(
	const struct v2v_tree *tree, const char *path, const char *name)
{
	/* No part writes an image of a kernel. */
	return v2v_stage_find(PLAN(tree), path)
		       ? NULL
		       : v2v_tree_section(PLAN(tree)->base, path, name);
}

static int scratch(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_tree_scratch(PLAN(tree)->base, err);
}

static int alive(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_tree_alive(PLAN(tree)->base, err);
}

static int check(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_tree_check(PLAN(tree)->base, err);
}

static void warn_cut(
	const struct v2v_tree *tree, const char *directory, unsigned most)
{
	v2v_tree_warn_cut(PLAN(tree)->base, directory, most);
}

static const struct v2v_list *large(const struct v2v_tree *tree)
{
	return v2v_tree_large(PLAN(tree)->base);
}

const struct v2v_tree_ops v2v_stage_ops = {
	.read = read_text,
	.stat = stat_of,
	.list = list,
	.resolve = resolve,
	.is_link = is_link,
	.link_fault = link_fault,
	.warn_link = warn_link,
	.glob = glob,
	.read_at = read_at,
	.section = section,
	.sha1 = sha1,
	.fetch = fetch,
	.view = view,
	.scratch = scratch,
	.check = check,
	.alive = alive,
	.warn_cut = warn_cut,
	.large = large,
};
