/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine's work directory, where overlays and unpacked disks lie.  One
 * that we made holds a marker with a random id, which its document has too:
 * only where both say the same is a directory ever removed, and only what we
 * put there.  Directories for what is temporary have such a marker as well.
 */
#ifndef V2V_WORKDIR_H
#define V2V_WORKDIR_H

#include "core/handle.h"

struct v2v_workdir {
	char *dir; /* absolute; owned */
	char *id;  /* as the marker has it; NULL: the user's; owned */
	bool made; /* it is new */
};

/*
 * The directory to work in: the document's, if it is there; else @wanted
 * (NULL: none), which must be there; else a new one below the handle's tmpdir.
 */
int v2v_workdir_get(struct v2v *v, const json_t *doc, const char *wanted,
	struct v2v_workdir *ret_workdir, struct v2v_error *err);

/* Will v2v_workdir_get() find the directory, and can a document name it?  To
 * ask before the long work. */
int v2v_workdir_check(const struct v2v *v, const json_t *doc,
	const char *wanted, struct v2v_error *err);

/* Say in @doc which it is. */
void v2v_workdir_store(const struct v2v_workdir *workdir, json_t *doc);

/* The step failed: remove it if it is new. */
void v2v_workdir_undo(const struct v2v_workdir *workdir);
void v2v_workdir_clear(struct v2v_workdir *workdir);
#define CLEANUP_WORKDIR __attribute__((cleanup(v2v_workdir_clear)))

/* A new directory @dir/@prefixXXXXXX with a marker, mode 0700, for what is
 * temporary; the caller's to free, and to end with v2v_remove_tree().  NULL on
 * failure. */
char *v2v_workdir_temporary(
	const char *dir, const char *prefix, struct v2v_error *err);

/* Is the directory this user's, and is a marker of this user's in it that says
 * @id (NULL: whatever id)? */
bool v2v_workdir_is_ours(const char *dir, const char *id);

/* Where it is ours: remove the overlays, unpacked disks, temporary directories
 * and the marker in it, then the directory itself, unless something else is
 * left in it. */
void v2v_workdir_remove(const char *dir, const char *id);
#endif
