/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What messages and progress on standard error share. */
#ifndef V2V_REPORT_PRIVATE_H
#define V2V_REPORT_PRIVATE_H

#include "common/report.h"

/* The object @line, taken over, with the machine and the time.  @machine is
 * what the library said, for when no document is worked on yet; NULL. */
void report_put_json(
	const struct report *report, const char *machine, json_t *line);

/* "v2v-copy: ", @level, and the machine's name where there are several. */
void report_put_prefix(const struct report *report, const char *level);

/* A line begins: a bar that stands there has ended. */
void report_close_bar(struct report *report);
#endif
