/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the new machine the Windows decides. */
#include "convert/windows/windows.h"

static bool has_agent(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (strcasestr(app->name, "qemu guest agent") ||
			strcasestr(app->name, "qemu-guest-agent"))
			return true;
	return false;
}

int v2v_windows_caps(struct v2v_windows_work *work, struct v2v_error *err)
{
	struct v2v_guestcaps *caps = work->caps;
	const char *arch = work->inspect->arch;
	const bool is_arm = v2v_streq(arch, "aarch64");

	(void)err;
	caps->video = v2v_strdup("vga");
	caps->arch = v2v_strdup(is_arm ? "aarch64" : "x86_64");
	if (is_arm)
		caps->machine = v2v_strdup("virt");
	caps->acpi = true;
	caps->guest_agent = has_agent(work->inspect);
	caps->rtc_utc = work->windows->real_time_is_universal;
	return 0;
}
