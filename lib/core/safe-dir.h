/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories in which other programs (qemu, libguestfs) open our files by
 * name: whoever can rename there decides what root then writes to.
 */
#ifndef V2V_SAFE_DIR_H
#define V2V_SAFE_DIR_H

#include "core/error.h"

/*
 * For root: 0 where @dir and every directory above it belong to root, and none
 * but root can rename in them (they are not writable by others, or sticky as
 * /tmp is); else -1, "unsafe-directory".  For anybody else always 0: their
 * files are all that is at stake.
 */
int v2v_check_directory(const char *dir, struct v2v_error *err);
#endif
