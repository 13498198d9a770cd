/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where backends keep what is made from files of the host once: images of
 * kernels and of programs. */
#ifndef V2V_GUEST_CACHE_H
#define V2V_GUEST_CACHE_H

#include "core/handle.h"

/* A folder that nobody else can write to, below the handle's cache directory;
 * where nothing can be kept there, beside the work directories, and it is told.
 * The caller's; NULL on failure. */
char *v2v_cache_open(struct v2v *v, struct v2v_error *err);
#endif
