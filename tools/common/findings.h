/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document's findings as text for people. */
#ifndef V2V_TOOL_FINDINGS_H
#define V2V_TOOL_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Print inspect.findings, one a line; false where there is a blocker. */
bool findings_print(FILE *out, const json_t *doc);
#endif
