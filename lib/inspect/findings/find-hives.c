/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: hives that Windows did not write to the end. */
#include "inspect/findings/find-private.h"
#include "windows/whole.h"

static void find_hive(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect)
{
	struct v2v_hive_state state = { 0 };
	CLEANUP_CLOSE int fd = -1;

	if (!path || v2v_hive_is_whole(tree, path))
		return;
	fd = v2v_hive_fetch(tree, path, &state, NULL);
	/* What is not a hive at all, or cannot be read, is not known. */
	if (fd < 0 || v2v_streq(state.dirty.code, "registry"))
		return;
	if (state.dirty.text[0])
		v2v_finding_add(inspect, V2V_BLOCKER, "registry-dirty", path,
			"the registry was not written to the end, and its last "
			"changes are lost (%s); start Windows and shut it "
			"down fully",
			state.dirty.text);
	else if (state.writes)
		v2v_finding_add(inspect, V2V_NOTE, "registry-replayed", path,
			"the registry was not written to the end; %u write%s "
			"of its transaction logs %s made up for",
			state.writes, state.writes == 1 ? "" : "s",
			state.writes == 1 ? "is" : "are");
}

void v2v_find_hives(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;

	if (!w)
		return;
	find_hive(tree, w->software_hive, inspect);
	find_hive(tree, w->system_hive, inspect);
}
