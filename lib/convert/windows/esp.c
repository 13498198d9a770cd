/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The EFI system partition: firmware finds the boot manager by itself. */
#include "convert/windows/windows.h"

int v2v_windows_esp(struct v2v_windows_work *work, struct v2v_error *err)
{
	(void)work, (void)err;
	return 0;
}
