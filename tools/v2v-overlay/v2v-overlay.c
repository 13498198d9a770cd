/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-overlay: writable layers over the source disks. */
#include "common/images.h"

enum { OPT_WORKDIR = 0x100 };

static const struct argp_option options[] = {
	{ "workdir", OPT_WORKDIR, "DIR", 0,
		"Where the overlays go (else one is made below /var/tmp)", 0 },
	IMAGES_OPTIONS,
	{ 0 },
};

struct options {
	struct v2v_overlay_options overlay;
	struct v2v_unpack_options unpack;
	char **files;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case OPT_WORKDIR:
		opt->overlay.workdir = tool_directory(state, "--workdir", arg);
		return 0;
	default:
		return images_parse(key, arg, state, &opt->unpack, &opt->files);
	}
}

static int overlay(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	return v2v_overlay(v, doc, &opt->overlay, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-overlay",
	.args = "[DISK...]",
	.doc = "Make a qcow2 overlay over each source disk, or over the disk "
	       "images named.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct options opt = {
		.overlay = V2V_OPTIONS(overlay),
		.unpack = V2V_OPTIONS(unpack),
	};
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .workdir = opt.overlay.workdir,
		.makes_workdir = true };

	tool_confine(tool, &reach);
	tool_feed(tool, opt.files, &opt.unpack);
	return tool_run(tool, overlay);
}
