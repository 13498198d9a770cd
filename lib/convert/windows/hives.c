/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edited hives become operations of the plan. */
#include "convert/windows/windows.h"

#include "windows/edit-apply.h"
#include "windows/reg-text.h"

#include <unistd.h>

/* A key that goes with its values is named by them. */
static void tell_changes(struct v2v_windows_work *work, const char *path,
	const struct v2v_list *edited)
{
	v2v_list_foreach (const struct v2v_edited, one, edited) {
		CLEANUP_FREE char *where = v2v_reg_where(path, one);
		CLEANUP_FREE char *what = v2v_reg_what(one);

		v2v_plan_changed(work->plan, path, one->edit->code, where,
			"%s (%s)", what, one->edit->why);
	}
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
	return 0;
}

int v2v_windows_hives(struct v2v_windows_work *work, struct v2v_error *err)
{
	const struct v2v_windows *w = work->windows;

	if (work->in_software.list.count && !w->software_hive)
		return v2v_fail(err, "registry", "hive SOFTWARE not found");
	if (edit_hive(work, w->software_hive, &work->in_software, err) < 0)
		return -1;
	return edit_hive(work, w->system_hive, &work->in_system, err);
}
