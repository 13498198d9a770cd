/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel's log says of a filesystem that did not mount. */
#ifndef V2V_GUEST_MOUNT_WORDS_H
#define V2V_GUEST_MOUNT_WORDS_H

#include "core/mem.h"

/* The last of the lines of @log in which a filesystem speaks, without the
 * marks before it, the caller's; NULL: none does.  *@ret_unsupported: it says
 * that it does not know a feature. */
char *v2v_mount_words(const char *log, bool *ret_unsupported);
#endif
