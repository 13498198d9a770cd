/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing HTML whose texts are untrusted.  Markup is the format, a literal;
 * what is put into it is escaped, so that it stays text in an element or in a
 * quoted attribute, whatever it is.
 */
#ifndef V2V_META_HTML_H
#define V2V_META_HTML_H

#include "core/fields.h"

/*
 * Add @markup, in which are "%s", an escaped text (NULL: a dash, for unknown),
 * "%lld", "%zu", "%d" and "%%", and nothing else.  Control characters, those
 * that change the direction of text, and bytes that are not UTF-8 become
 * U+FFFD; tabs stay.
 */
void v2v_html(struct v2v_text *t, const char *markup, ...) V2V_PRINTF(2, 3);

/* Add @text, escaped so. */
void v2v_html_text(struct v2v_text *t, const char *text);

/* A size for people: "3.0 GiB"; NULL where it is below 0, unknown.  The
 * caller's. */
char *v2v_html_size(int64_t bytes);

/* "1 change", "2 changes"; the caller's. */
char *v2v_html_count(size_t n, const char *one);
#endif
