/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what the plan of a conversion changes, and what it meets. */
#include "inspect/findings/find-private.h"
#include "model/guestcaps.h"
#include "plan/plan.h"

char *v2v_find_words(const char *what)
{
	static const char arrow[] = " → ";
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *s;

	while ((s = strstr(what, arrow))) {
		v2v_text_add(&out, what, (size_t)(s - what));
		v2v_text_addf(&out, " becomes ");
		what = s + strlen(arrow);
	}
	v2v_text_addf(&out, "%s", what);
	return v2v_text_take(&out);
}

static bool has_blocker(const struct v2v_inspect *inspect, const char *code)
{
	v2v_list_foreach (const struct v2v_finding, finding, &inspect->findings)
		if (v2v_streq(finding->level, V2V_BLOCKER) &&
			v2v_streq(finding->code, code))
			return true;
	return false;
}

void v2v_find_changes(const struct v2v_plan *plan, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_change, change, &plan->changes) {
		CLEANUP_FREE char *words = v2v_find_words(change->what);

		v2v_finding_add(inspect, V2V_CHANGE, change->code,
			change->where, "%s", words);
	}
}

/* What other findings are about is known already, and better. */
void v2v_find_obstacles(
	const struct v2v_plan *plan, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_plan_note, blocker, &plan->blockers)
		if (!has_blocker(inspect, blocker->code))
			v2v_finding_add(inspect, V2V_BLOCKER, blocker->code,
				NULL, "%s", blocker->text);
	v2v_list_foreach (const struct v2v_plan_note, note, &plan->notes)
		if (strcmp(note->code, "uefi-no-room") == 0)
			v2v_finding_add(inspect, V2V_NOTE, note->code, NULL,
				"%s", note->text);
}
