/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The diff of a section, for people and patch(1). */
#ifndef V2V_TOOL_DIFF_H
#define V2V_TOOL_DIFF_H

#include <jansson.h>
#include <stdio.h>

/* Print the member `diff` of @section (may be NULL), control bytes but line
 * ends and tabs masked. */
void diff_print(FILE *out, const json_t *section);
#endif
