/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine's work directory, where overlays lie.  One that we made holds a
 * marker: only such a directory is ever removed, and only what we put there.
 */
#ifndef V2V_WORKDIR_H
#define V2V_WORKDIR_H

#include "core/handle.h"

/*
 * The directory to work in: the document's, if it is there; else @wanted
 * (NULL: none), which must be there; else a new one below the handle's tmpdir.
 * *@ret_dir is absolute and the caller's.  *@ret_made: it is new.
 */
int v2v_workdir_get(struct v2v *v, const json_t *doc, const char *wanted,
	char **ret_dir, bool *ret_made, struct v2v_error *err);

/* Does the marker lie in it? */
bool v2v_workdir_is_ours(const char *dir);

/* Remove the overlays, unpacked disks, temporary directories and the marker in
 * it, then the directory itself, unless something else is left in it. */
void v2v_workdir_remove(const char *dir);
#endif
