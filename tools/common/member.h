/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document's members, as they are printed for people. */
#ifndef V2V_TOOL_MEMBER_H
#define V2V_TOOL_MEMBER_H

#include <jansson.h>
#include <stdio.h>

/* The string @key of @object, borrowed; "" where there is none. */
const char *member_text(const json_t *object, const char *key);

/* "630 MiB" */
void member_put_size(FILE *out, json_int_t bytes);
#endif
