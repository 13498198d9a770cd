/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-copy: make the target disks. */
#include "common/tool.h"

enum { OPT_PREALLOCATION = 0x100, OPT_FORCE, OPT_KEEP };

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "The directory for the target disks", 0 },
	{ "format", 'f', "qcow2|raw", 0, "The targets' format", 0 },
	{ "compress", 'c', NULL, 0, "Compress (qcow2 only)", 0 },
	{ "preallocation", OPT_PREALLOCATION, "off|metadata|falloc|full", 0,
		"Take the targets' room beforehand", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace existing files", 0 },
	{ "keep", OPT_KEEP, NULL, 0,
		"Keep the work directory that the pipeline made", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "qcow2", "raw", NULL };
	static const char *const modes[] = { "off", "metadata", "falloc",
		"full", NULL };
	struct v2v_copy_options *opt = state->input;

	switch (key) {
	case 'o':
		opt->out_dir = arg;
		return 0;
	case 'f':
		opt->format = tool_word(state, "--format", arg, formats);
		return 0;
	case 'c':
		opt->compress = true;
		return 0;
	case OPT_PREALLOCATION:
		opt->preallocation =
			tool_word(state, "--preallocation", arg, modes);
		return 0;
	case OPT_FORCE:
		opt->force = true;
		return 0;
	case OPT_KEEP:
		opt->keep = true;
		return 0;
	case ARGP_KEY_END:
		if (!opt->out_dir)
			argp_error(state, "no target directory given; -o DIR");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int copy(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	return v2v_copy(v, doc, options_given, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-copy",
	.doc = "Give every disk and removable its place on a bus, create the "
	       "target disks and copy.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct v2v_copy_options opt = { 0 };

	return tool_run(tool_start(&command_line, argc, argv, &opt), copy);
}
