/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-meta: write what the target hypervisor needs to start the machine. */
#include "common/tool.h"

enum { OPT_FORCE = 0x100 };

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Where to (else beside the first disk)", 0 },
	{ "type", 't', "libvirt", 0, "For which hypervisor", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace an existing file", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct v2v_meta_options *opt = state->input;

	switch (key) {
	case 'o':
		opt->out_dir = tool_directory(state, "-o", arg);
		return 0;
	case 't':
		opt->type = tool_word(state, "--type", arg, v2v_meta_types());
		return 0;
	case OPT_FORCE:
		opt->force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int meta(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	return v2v_meta(v, doc, options_given, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-meta",
	.doc = "Write the machine's description for its new hypervisor: "
	       "libvirt domain XML.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct v2v_meta_options opt = V2V_OPTIONS(meta);
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .out = opt.out_dir,
		.beside_target = true };

	tool_confine(tool, &reach);
	return tool_run(tool, meta);
}
