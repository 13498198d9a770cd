/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images that are made from files of the host once, and kept under a name that
 * says which these were. */
#ifndef V2V_KERNEL_KEPT_H
#define V2V_KERNEL_KEPT_H

#include "core/digest.h"
#include "core/file.h"

/* Add to @digest which file it is: name, size, time, inode.  -1: none. */
int v2v_kept_add(
	struct v2v_digest *digest, const char *path, struct v2v_error *err);

/* "CACHE/PREFIX-DIGEST", the caller's; ends @digest. */
char *v2v_kept_name(
	struct v2v_digest *digest, const char *cache, const char *prefix);

/* As v2v_out_open(), for a file that v2v_kept_is_there() will find, whatever
 * the umask is. */
int v2v_kept_make(struct v2v_out *out, const char *path, struct v2v_error *err);

/* Is it there, and a regular file that nobody but this user can have written?
 * What others made is not started. */
bool v2v_kept_is_there(const char *path);

/* The text of a file of the host, the caller's; NULL where there is none. */
char *v2v_kept_text(const char *path);
#endif
