/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest that is to be watched while it starts, and not to be converted. */
#ifndef V2V_CONVERT_CONSOLE_H
#define V2V_CONVERT_CONSOLE_H

#include "core/handle.h"

/*
 * Make overlays over the disks of @doc, which has a section `source`, in
 * @workdir, in which the guest's kernels and logins talk on the first serial
 * port: @doc gets `overlays`.  Fails, and leaves nothing, where that cannot be
 * done: it is not a Linux guest, or is encrypted.
 */
int v2v_convert_console(
	struct v2v *v, json_t *doc, const char *workdir, struct v2v_error *err);
#endif
