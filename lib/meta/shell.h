/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scripts for sh: words that stay one word, whatever is in them. */
#ifndef V2V_META_SHELL_H
#define V2V_META_SHELL_H

#include "core/mem.h"

/* Add @word so that sh reads it as exactly that. */
void v2v_shell_word(struct v2v_text *script, const char *word);

/* Add " WORD", formatted. */
void v2v_shell_add(struct v2v_text *script, const char *fmt, ...)
	V2V_PRINTF(2, 3);

/* Add one line that is a comment, here and in YAML and the like: control
 * characters and line breaks of any kind become '_'. */
void v2v_shell_comment(struct v2v_text *script, const char *fmt, ...)
	V2V_PRINTF(2, 3);

/* Does a comment hold @text as it is? */
bool v2v_shell_comment_holds(const char *text);

/* The first lines of a script: what it is, for shellcheck and people. */
void v2v_shell_begin(struct v2v_text *script);
#endif
