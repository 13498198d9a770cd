/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share. */
#ifndef V2V_OS_PRIVATE_H
#define V2V_OS_PRIVATE_H

#include "os/os.h"

/* Join what is on several filesystems: a root with its /usr; and leave out a
 * BSD's root that is seen twice. */
void v2v_os_join(struct v2v_list *found);
void v2v_os_free_one(struct v2v_os *os);
#endif
