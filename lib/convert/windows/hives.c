/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edited hives become operations of the plan. */
#include "convert/windows/windows.h"

#include "guest/tree.h"
#include "windows/edit-apply.h"
#include "windows/reg-text.h"
#include "windows/whole.h"

#include <unistd.h>

static bool is_below(const struct v2v_edited *one, const char *key)
{
	const size_t n = strlen(key);

	return strncmp(one->key, key, n) == 0 &&
	       (!one->key[n] || one->key[n] == '\\');
}

/* Values that go with their key name it, too. */
static bool is_said(
	const struct v2v_list *edited, const struct v2v_edited *gone)
{
	v2v_list_foreach (const struct v2v_edited, one, edited)
		if (one->type == V2V_EDITED_VALUE && one->edit == gone->edit &&
			is_below(one, gone->key))
			return true;
	return false;
}

static void tell_changes(struct v2v_windows_work *work, const char *path,
	const struct v2v_list *edited)
{
	v2v_list_foreach (const struct v2v_edited, one, edited) {
		CLEANUP_FREE char *where = v2v_reg_where(path, one);
		CLEANUP_FREE char *what = v2v_reg_what(one);

		if (one->type != V2V_EDITED_NO_KEY || !is_said(edited, one))
			v2v_plan_changed(work->plan, path, one->edit->code,
				where, "%s (%s)", what, one->edit->why);
	}
}

/*
 * What the logs held is in the new hive.  Windows does not look at the logs of
 * a hive that is clean; but they are emptied, behind the hive, so that the
 * backup has them: the old hive is nothing without them.  Those of a hive that
 * was clean stay as they are: their sequence numbers are older than its own.
 */
static int empty_logs(
	struct v2v_windows_work *work, const char *path, struct v2v_error *err)
{
	for (size_t i = 0; i < V2V_HIVE_LOGS; i++) {
		CLEANUP_FREE char *log = v2v_hive_log(work->tree, path, i);

		if (!log || v2v_tree_is_link(work->tree, log) ||
			v2v_tree_size(work->tree, log) <= 0)
			continue;
		if (v2v_plan_write(work->plan, log, "", err) < 0)
			return -1;
		v2v_plan_changed(work->plan, log, "registry-replayed", NULL,
			"emptied: what it held is in the hive");
	}
	return 0;
}

static int edit_hive(struct v2v_windows_work *work, const char *path,
	const struct v2v_edits *edits, struct v2v_error *err)
{
	struct v2v_list edited CLEANUP_EDITED = { 0 };
	CLEANUP_CLOSE int hive = -1;
	CLEANUP_FREE char *text = NULL;
	unsigned writes = 0;

	if (edits->list.count == 0)
		return 0;
	if (v2v_hive_edit(
		    work->tree, path, edits, &edited, &hive, &writes, err) < 0)
		return -1;
	if (hive < 0)
		return 0;
	text = v2v_reg_text(path, &edited);
	if (v2v_plan_replace(work->plan, path, hive, err) < 0)
		return -1;
	v2v_plan_describe(work->plan, path, text);
	tell_changes(work, path, &edited);
	return writes ? empty_logs(work, path, err) : 0;
}

int v2v_windows_hives(struct v2v_windows_work *work, struct v2v_error *err)
{
	const struct v2v_windows *w = work->windows;
	const char *top = v2v_windows_boot_top(work);
	CLEANUP_FREE char *boot =
		top ? v2v_format("%s%s", top, w->boot->file) : NULL;

	if (work->in_software.list.count && !w->software_hive)
		return v2v_fail(err, "registry", "hive SOFTWARE not found");
	if (boot && edit_hive(work, boot, &work->in_boot, err) < 0)
		return -1;
	if (edit_hive(work, w->software_hive, &work->in_software, err) < 0)
		return -1;
	return edit_hive(work, w->system_hive, &work->in_system, err);
}
