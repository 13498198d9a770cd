/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document as a person reads it: what has become of the machine so far. */
#ifndef V2V_TOOL_SUMMARY_H
#define V2V_TOOL_SUMMARY_H

#include <jansson.h>
#include <stdio.h>

/* Print @doc in some ten lines; @seconds is what this step took. */
void summary_print(FILE *out, const json_t *doc, double seconds);
#endif
