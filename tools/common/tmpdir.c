/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TMPDIR. */
#include "common/tmpdir.h"

#include <stdlib.h>

const char *tool_tmpdir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir == '/' ? dir : TOOL_USUAL_TMPDIR;
}
