/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What refind.conf's reader and the search for kernels share. */
#ifndef V2V_LINUX_BOOT_REFIND_PRIVATE_H
#define V2V_LINUX_BOOT_REFIND_PRIVATE_H

#include "linux/boot/refind.h"

/* The next word of *@s, quotes away (doubled ones mean one), which changes
 * the text; NULL at the end of the line.  *@s moves on. */
char *v2v_refind_word(char **s);

/* Add the kernels in @folder, the newest first, as v2v_refind_read() does. */
void v2v_refind_kernels(const struct v2v_tree *tree, const char *folder,
	struct v2v_list *files, struct v2v_list *entries);
#endif
