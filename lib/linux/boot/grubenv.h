/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GRUB's environment block, and variables of its scripts. */
#ifndef V2V_LINUX_BOOT_GRUBENV_H
#define V2V_LINUX_BOOT_GRUBENV_H

#include "core/fields.h"

struct v2v_grub_variable {
	char *name, *value;
	bool fixed; /* from the environment block: a script's default gives
		       way to it */
};

/* Set a variable in the list; an earlier value goes, but for a fixed one. */
void v2v_grub_set(struct v2v_list *variables, const char *name,
	const char *value, bool fixed);

/* Its value, borrowed; NULL where it is not set. */
const char *v2v_grub_get(const struct v2v_list *variables, const char *name);

/* @text with $name and ${name} replaced (by nothing where they are not set),
 * but not between single quotes; the caller's. */
char *v2v_grub_expand(const struct v2v_list *variables, const char *text);

/* Add what a grubenv file holds: `name=value` a line, '\' before '\' and before
 * a newline that belongs to the value.  @text may be NULL. */
void v2v_grubenv_read(const char *text, struct v2v_list *variables);

void v2v_grub_variables_clear(struct v2v_list *variables);
#define CLEANUP_GRUB_VARIABLES                                                 \
	__attribute__((cleanup(v2v_grub_variables_clear)))
#endif
