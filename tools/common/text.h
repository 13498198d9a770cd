/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted text: bytes that may not be UTF-8, and control characters, which
 * no terminal may get. */
#ifndef V2V_TOOL_TEXT_H
#define V2V_TOOL_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* Print @text, of which at most @room bytes, with '?' for each control
 * character (C0, DEL, C1) and each byte that is not UTF-8. */
void text_print_masked(FILE *out, const char *text, size_t room);

/* How many characters that prints of @text's first @length bytes. */
size_t text_columns(const char *text, size_t length);

/* As a JSON string: U+FFFD for each byte that is not UTF-8. */
json_t *text_to_json(const char *text);
#endif
