/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels for files that the conversion made; edited ones keep theirs. */
#include "convert/linux/labels.h"
#include "convert/linux/linux.h"
#include "core/file.h"
#include "core/lines.h"
#include "core/open.h"
#include "core/workdir.h"

#include <fcntl.h>

/* selinux(8), /etc/selinux/config */
struct policy {
	bool off;
	char *type;
};

static void set(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct policy *policy = opaque;

	(void)section;
	if (strcmp(key, "SELINUX") == 0) {
		policy->off = strcasecmp(value, "disabled") == 0;
	} else if (strcmp(key, "SELINUXTYPE") == 0) {
		v2v_string_set(&policy->type, value);
	}
}

static bool is_plain(const char *type)
{
	return *type && !type[strspn(type, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-")];
}

/* Where the contexts of the guest's policy lie, the caller's; NULL where it
 * has none or does not use it. */
static char *contexts_of(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/etc/selinux/config");
	struct policy policy = { false, NULL };
	CLEANUP_FREE char *type = NULL;

	if (!text)
		return NULL;
	v2v_ini_read(text, set, &policy);
	type = policy.type ? policy.type : v2v_strdup("targeted");
	if (policy.off || !is_plain(type))
		return NULL;
	return v2v_format("/etc/selinux/%s/contexts/files/file_contexts", type);
}

/* 1 where there is one. */
static int fetch_one(const struct v2v_tree *tree, const char *from,
	const char *to, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_CLOSE int fd = -1;

	if (v2v_tree_read(tree, from, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	fd = v2v_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", to);
	return v2v_write_all(fd, to, text, strlen(text), err) < 0 ? -1 : 1;
}

/* The texts only: untrusted compiled expressions (.bin) are not loaded. */
static int fetch(const struct v2v_tree *tree, const char *from, const char *dir,
	struct v2v_error *err)
{
	static const char *const suffixes[] = { "", ".homedirs", ".local",
		".subs", ".subs_dist" };
	int any = 0;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		CLEANUP_FREE char *name = v2v_format("%s%s", from, suffixes[i]);
		CLEANUP_FREE char *to =
			v2v_format("%s/file_contexts%s", dir, suffixes[i]);
		int got = fetch_one(tree, name, to, err);

		if (got < 0)
			return -1;
		if (i == 0)
			any = got;
	}
	return any;
}

/* What is new, as v2v_labels_find() wants it, and its operations. */
static void find_new(
	struct v2v_plan *plan, struct v2v_list *paths, struct v2v_list *ops)
{
	v2v_list_foreach (struct v2v_op, op, &plan->ops) {
		const char *end = op->type == V2V_OP_MAKE_DIR ? "/" : "";
		CLEANUP_FREE char *path = v2v_format("%s%s", op->name, end);

		if (!op->is_new)
			continue;
		v2v_list_add_string(paths, path);
		*(struct v2v_op **)v2v_list_add(ops, sizeof op) = op;
	}
}

static int label(struct v2v_linux *c, const char *dir,
	const struct v2v_list *paths, const struct v2v_list *ops,
	struct v2v_error *err)
{
	CLEANUP_FREE char *contexts = v2v_format("%s/file_contexts", dir);
	struct v2v_list labels CLEANUP_STRINGS = { 0 };
	struct v2v_error why = { 0 };

	if (v2v_labels_find(c->v, contexts, paths, &labels, &why) < 0) {
		if (v2v_check_cancel(c->v, err) < 0)
			return -1;
		v2v_plan_note(c->plan, "guest-labels",
			"%s: new files get no SELinux label", why.text);
		return 0;
	}
	for (size_t i = 0; i < labels.count; i++)
		v2v_items(struct v2v_op *, ops)[i]->label =
			v2v_take(v2v_items(char *, &labels)[i]);
	return 0;
}

static int label_new(struct v2v_linux *c, const struct v2v_list *paths,
	const struct v2v_list *ops, struct v2v_error *err)
{
	CLEANUP_FREE char *contexts = contexts_of(c->tree), *dir = NULL;
	int status;

	if (!contexts)
		return 0;
	dir = v2v_workdir_temporary(c->v->tmpdir, "tmp-v2v-", err);
	if (!dir)
		return -1;
	status = fetch(c->tree, contexts, dir, err);
	if (status > 0)
		status = label(c, dir, paths, ops, err);
	v2v_remove_tree(dir);
	return status < 0 ? -1 : 0;
}

int v2v_linux_selinux(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list paths CLEANUP_STRINGS = { 0 };
	struct v2v_list ops = { 0 };
	int status = 0;

	find_new(c->plan, &paths, &ops);
	/* Who only looks at a plan sees no labels. */
	if (paths.count && !c->task->look_only)
		status = label_new(c, &paths, &ops, err);
	free(ops.items);
	return status;
}
