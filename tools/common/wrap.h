/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of strangers in lines of a terminal's width, and words in colour. */
#ifndef V2V_TOOL_WRAP_H
#define V2V_TOOL_WRAP_H

#include <stdbool.h>
#include <stdio.h>

struct wrap {
	FILE *out;
	unsigned width; /* columns; 0: lines are not broken */
	bool color;
};

enum wrap_color { WRAP_COLOR_AUTO, WRAP_COLOR_ALWAYS, WRAP_COLOR_NEVER };

/* As @out's terminal has it.  What is not a terminal has no width, and colours
 * only where they are wanted always. */
struct wrap wrap_open(FILE *out, enum wrap_color color);

/* Print @text to the end of the line, on which @column columns are used, its
 * control characters masked; a word without room goes to the next line, behind
 * @column blanks. */
void wrap_text(const struct wrap *wrap, unsigned column, const char *text);

/* Print @word in an SGR rendition (ECMA-48 8.3.117) such as "31"; NULL: as it
 * is. */
void wrap_colored(
	const struct wrap *wrap, const char *rendition, const char *word);
#endif
