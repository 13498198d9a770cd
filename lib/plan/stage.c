/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which operation of a plan decides what a name is. */
#include "plan/plan-private.h"

/* A name that is looked for. */
struct wanted {
	const struct v2v_tree *base;
	const char *path;
	bool is_there; /* links followed, in the guest as it is */
	struct v2v_tree_stat st;
	char *name; /* NULL: not asked for yet */
};

char *v2v_stage_name(const struct v2v_tree *base, const char *path)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *directory =
		slash == path ? v2v_strdup("/")
			      : v2v_strndup(path, (size_t)(slash - path));
	CLEANUP_FREE char *real = v2v_tree_resolve(base, directory);

	if (!real && slash != path)
		real = v2v_stage_name(base, directory);
	return v2v_format(
		"%s%s", !real || strcmp(real, "/") == 0 ? "" : real, slash);
}

static const char *name_of(struct wanted *w)
{
	if (!w->name)
		w->name = v2v_stage_name(w->base, w->path);
	return w->name;
}

static bool ends_alike(const char *a, const char *b)
{
	return strcmp(strrchr(a, '/'), strrchr(b, '/')) == 0;
}

static bool is_same_file(const struct wanted *w, const struct v2v_op *op)
{
	return w->is_there && w->st.kind == V2V_KIND_FILE && op->inode &&
	       w->st.inode == op->inode && w->st.device == op->device;
}

/* What a name is depends on that name, not on the file. */
static bool is_of_name(const struct v2v_op *op)
{
	return op->is_new || op->type == V2V_OP_REMOVE;
}

static bool is_named(struct wanted *w, const struct v2v_op *op)
{
	return ends_alike(op->name, w->path) &&
	       strcmp(name_of(w), op->name) == 0;
}

/* Is it a link that leads there?  Another name of a file with several is
 * another file. */
static bool leads_to(const struct wanted *w, const struct v2v_op *op)
{
	CLEANUP_FREE char *real =
		is_same_file(w, op) ? v2v_tree_resolve(w->base, w->path) : NULL;

	return v2v_streq(real, op->name);
}

/* The last that removed the name or created it again; else that of where the
 * link leads; else what is done to the file, by whatever name. */
struct v2v_op *v2v_stage_find(const struct v2v_plan *plan, const char *path)
{
	struct wanted w = { .base = plan->base, .path = path };
	struct v2v_op *found = NULL;
	bool by_name = false;

	if (plan->ops.count == 0 || *path != '/')
		return NULL;
	w.is_there = w.base->ops->stat(w.base, path, &w.st);
	v2v_list_foreach (struct v2v_op, op, &plan->ops)
		if (is_of_name(op) && is_named(&w, op)) {
			found = op;
			by_name = true;
		} else if (!by_name &&
			   (is_of_name(op) ? leads_to(&w, op)
					   : !found && is_same_file(&w, op))) {
			found = op;
		}
	free(w.name);
	return found;
}
