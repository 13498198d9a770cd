/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of the Windows that the new machine needs otherwise. */
#include "convert/windows/windows.h"

#define ONLINE_ALL 1

static void set(struct v2v_windows_work *work, const char *below,
	const char *name, uint32_t value, const char *code, const char *why)
{
	CLEANUP_FREE char *key = v2v_windows_key(work, below);

	v2v_edit_dword(&work->in_system, key, name, value, code, why);
}

/* The old value is in inspect.windows.san_policy. */
static void bring_disks_online(struct v2v_windows_work *work)
{
	if (v2v_windows_san_policy(work) >= 0)
		set(work, "Services\\partmgr\\Parameters", "SanPolicy",
			ONLINE_ALL, "san-policy",
			"disks on another bus come online");
}

int v2v_windows_settings(struct v2v_windows_work *work, struct v2v_error *err)
{
	(void)err;
	set(work, "Control\\CrashControl", "AutoReboot", 0, "auto-reboot",
		"a crash at boot can be read, and does not come again and "
		"again");
	bring_disks_online(work);
	return 0;
}
