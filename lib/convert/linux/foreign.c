/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the old hypervisor left: done as the inspection said. */
#include "linux/guest-tools/foreign.h"
#include "convert/linux/linux.h"

/* Other parts may have edited the file since: it is read again. */
static int edit(
	struct v2v_linux *c, const struct v2v_foreign *f, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL, *edited = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };

	if (v2v_tree_read(c->tree, f->path, &text, err) < 0)
		return -1;
	edited = text ? f->edit(text, &what) : NULL;
	if (!edited)
		return 0;
	if (v2v_plan_write(c->plan, f->path, edited, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, f->path, f->code, NULL, "%s", what.data);
	return 0;
}

static int act(
	struct v2v_linux *c, const struct v2v_foreign *f, struct v2v_error *err)
{
	if (f->act != V2V_FOREIGN_NOTE && v2v_linux_is_sealed(c, f->path))
		return 0;
	switch (f->act) {
	case V2V_FOREIGN_EDIT:
		return edit(c, f, err);
	case V2V_FOREIGN_REMOVE:
		if (v2v_plan_remove(c->plan, f->path, err) < 0)
			return -1;
		break;
	case V2V_FOREIGN_WRITE:
		if (v2v_plan_write(c->plan, f->path, f->text, err) < 0)
			return -1;
		break;
	case V2V_FOREIGN_NOTE:
		return 0;
	}
	v2v_plan_changed(c->plan, f->path, f->code, NULL, "%s", f->what);
	return 0;
}

int v2v_linux_foreign(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list found CLEANUP_FOREIGN = { 0 };

	v2v_foreign_find(c->tree, c->inspect, &found);
	v2v_list_foreach (const struct v2v_foreign, f, &found)
		if (act(c, f, err) < 0)
			return -1;
	return v2v_check_cancel(c->v, err);
}
