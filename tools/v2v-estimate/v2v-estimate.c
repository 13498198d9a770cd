/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-estimate: how much room the target needs, and whether it is there. */
#include "common/tool.h"

enum { OPT_MEASURE = 0x100 };

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Check the room in the target directory",
		0 },
	{ "format", 'f', "qcow2|raw", 0, "The targets' format", 0 },
	{ "measure", OPT_MEASURE, NULL, 0,
		"The exact allocation, from the disks' block maps", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "qcow2", "raw", NULL };
	struct v2v_estimate_options *opt = state->input;

	switch (key) {
	case 'o':
		opt->out_dir = tool_directory(state, "-o", arg);
		return 0;
	case 'f':
		opt->format = tool_word(state, "--format", arg, formats);
		return 0;
	case OPT_MEASURE:
		opt->measure = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int estimate(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	return v2v_estimate(v, doc, options_given, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-estimate",
	.doc = "Estimate each target disk's size and check the free space in "
	       "the guest and at the target.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct v2v_estimate_options opt = V2V_OPTIONS(estimate);
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .runs_qemu = opt.measure };

	tool_confine(tool, &reach);
	return tool_run(tool, estimate);
}
