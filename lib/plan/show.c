/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as unified diffs. */
#include "plan/plan-private.h"

/* Bytes: of a text that is compared, and of all that is shown. */
#define MAX_TEXT (1 << 20)
#define MAX_DIFF (4 << 20)

static bool is_shown(const char *text)
{
	return !text || strlen(text) <= MAX_TEXT;
}

static void show_texts(const struct v2v_op *op, const char *before,
	const char *after, struct v2v_text *out)
{
	if (!is_shown(before) || !is_shown(after))
		v2v_text_addf(out, "Large file a%s and b%s differ\n", op->name,
			op->name);
	else if (!v2v_streq(before, after))
		v2v_diff_texts(op->name, before, after, out);
}

static void show(const struct v2v_plan *plan, const struct v2v_op *op,
	struct v2v_text *out)
{
	CLEANUP_FREE char *before =
		op->is_new ? NULL : v2v_tree_text(plan->base, op->path);
	CLEANUP_FREE char *after = NULL;

	switch (op->type) {
	case V2V_OP_WRITE:
		show_texts(op, before, op->text, out);
		return;
	case V2V_OP_COPY:
		after = v2v_tree_text(plan->base, op->from);
		if (after)
			show_texts(op, before, after, out);
		else
			v2v_text_addf(out, "Binary file b%s: a copy of a%s\n",
				op->name, op->from);
		return;
	case V2V_OP_REPLACE:
		if (op->shown)
			v2v_text_addf(out, "%s", op->shown);
		else
			v2v_text_addf(out, "Binary files a%s and b%s differ\n",
				op->name, op->name);
		return;
	case V2V_OP_APPEND:
		v2v_text_addf(out, "Binary file b%s: %llu bytes appended\n",
			op->name, (unsigned long long)(op->size - op->offset));
		return;
	case V2V_OP_REMOVE:
		if (before)
			show_texts(op, before, NULL, out);
		else
			v2v_text_addf(out, "Only in a: %s\n", op->name);
		return;
	case V2V_OP_MAKE_DIR:
		return;
	}
}

char *v2v_plan_diff(const struct v2v_plan *plan)
{
	struct v2v_text out = { 0 };

	v2v_text_addf(&out, "%s", "");
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		if (out.length > MAX_DIFF) {
			v2v_text_addf(&out, "More files differ\n");
			break;
		}
		show(plan, op, &out);
	}
	return v2v_text_take(&out);
}
