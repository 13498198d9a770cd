/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking configuration texts: lines, words, KEY=VALUE, [sections]. */
#ifndef V2V_CORE_LINES_H
#define V2V_CORE_LINES_H

#include "core/mem.h"

/* The next line of *@text, without its newline; NULL at the end.  *@text moves
 * on.  The caller frees. */
char *v2v_line_next(const char **text);

/* Cut @line at its first blank: the rest, blanks skipped ("" at the end). */
char *v2v_line_split(char *line);

/* @s without blanks at its ends, and without one pair of quotes around it;
 * changes @s. */
char *v2v_line_trim(char *s);
char *v2v_line_unquote(char *s);

/* Call @set for each KEY=VALUE of an INI text; section is "" before the first.
 * '#' and ';' begin comments. */
void v2v_ini_read(const char *text,
	void (*set)(const char *section, const char *key, const char *value,
		void *opaque),
	void *opaque);
#endif
