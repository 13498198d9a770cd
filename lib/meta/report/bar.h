/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bar of parts, as an SVG: it is printed where backgrounds are not. */
#ifndef V2V_META_BAR_H
#define V2V_META_BAR_H

#include "meta/report/html.h"

struct v2v_bar {
	struct v2v_text *t;
	int64_t total; /* of all parts, at least 1 */
	int64_t at;    /* where the next part begins */
};

/* A row begins: its name in front, and what the bar says in words. */
struct v2v_bar v2v_bar_begin(
	struct v2v_text *t, const char *name, const char *words, int64_t total);
/* The next @size of it, of the colour @class; parts beyond the end are not
 * drawn.  @title is what a pointer is told. */
void v2v_bar_add(struct v2v_bar *bar, int64_t size, const char *class,
	const char *title);
/* What is left gets @class; the row ends with the words. */
void v2v_bar_end(struct v2v_bar *bar, const char *class, const char *title,
	const char *words);

/* What the colours mean. */
void v2v_bar_legend(struct v2v_text *t);
#endif
