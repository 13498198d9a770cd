/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GRUB 2's scripts, as far as configurations need them: commands, words,
 * blocks.  Conditions are not evaluated: all branches are read. */
#ifndef V2V_LINUX_BOOT_GRUB2_SCRIPT_H
#define V2V_LINUX_BOOT_GRUB2_SCRIPT_H

#include "core/mem.h"

/*
 * The next command, the caller's; NULL at the end.  *@text moves behind it,
 * *@ret_end is what ended it: '\n' (also for ';'), '{' where it opens a block,
 * '}' where one is closed behind it.
 */
char *v2v_grub2_command(const char **text, char *ret_end);

/* The next word of a command, quotes and '\' taken off; *@s moves behind it.
 * "" at the end.  The caller's. */
char *v2v_grub2_word(const char **s);
#endif
