/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a Windows, which is copied as it is. */
#include "inspect/findings/find-private.h"
#include "windows/windows.h"

static void add_unread(void *inspect, const char *path, const char *reason)
{
	v2v_finding_add(inspect, V2V_NOTE, "registry-unread", path,
		"what it says of this Windows is not known: %s", reason);
}

void v2v_find_windows(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	if (inspect->windows && inspect->windows->hibernated)
		v2v_finding_add(inspect, V2V_BLOCKER, "hibernated",
			"/hiberfil.sys",
			"Windows is hibernated or was shut down with Fast "
			"Startup; shut it down fully first");
	v2v_finding_add(inspect, V2V_BLOCKER, "windows-not-supported", NULL,
		"converting Windows is not supported yet; inspecting and "
		"copying it is");
	if (inspect->windows)
		v2v_windows_each_unread(tree, inspect, add_unread, inspect);
	v2v_find_hives(tree, inspect);
}
