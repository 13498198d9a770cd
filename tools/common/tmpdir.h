/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where work directories are made. */
#ifndef V2V_TOOL_TMPDIR_H
#define V2V_TOOL_TMPDIR_H

#define TOOL_USUAL_TMPDIR "/var/tmp"

/* TMPDIR, if it is an absolute path; else the usual one. */
const char *tool_tmpdir(void);
#endif
