/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that every tool has, around those of its own. */
#ifndef V2V_TOOL_OPTIONS_H
#define V2V_TOOL_OPTIONS_H

#include "common/report.h"
#include "common/tool.h"

struct tool_options {
	int verbose;
	bool json, pretty, progress, json_messages, keep, times;
};

/* Parse the whole command line, or end the process: 0 after --help and
 * --version, 2 where it is wrong. */
void tool_options_parse(const struct tool_spec *spec, int argc, char **argv,
	struct tool_options *common, void *options);
#endif
