/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of the Windows that the new machine needs otherwise. */
#include "convert/windows/windows.h"

int v2v_windows_settings(struct v2v_windows_work *work, struct v2v_error *err)
{
	(void)work, (void)err;
	return 0;
}
