/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verdicts on machines, and their findings, as text for people. */
#ifndef V2V_TOOL_FINDINGS_H
#define V2V_TOOL_FINDINGS_H

#include "common/tool.h"
#include "common/wrap.h"

/* The system's name, or why none is known; borrowed. */
const char *findings_system(const json_t *doc);

/* "1 blocker, 3 changes", most serious first. */
void findings_put_counts(FILE *out, const json_t *doc);

struct findings {
	bool diff; /* behind its findings, what changes in each text */
	bool all;  /* of several machines too, behind the table */
	enum wrap_color color;
	size_t count; /* of the machines so far */
	json_t *held; /* array of those that are still to be printed whole */
};

/* One machine is printed whole: its verdict, its name and system, a finding a
 * line.  Of several each is a line, when it comes.  A machine that is blocked
 * makes the status 1.  @findings begins as zeros and what is wanted. */
struct tool_printer findings_printer(struct findings *findings);
#endif
