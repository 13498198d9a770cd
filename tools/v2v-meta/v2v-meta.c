/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-meta: write what the target hypervisor needs to start the machine. */
#include "common/tool.h"

#include <stdlib.h>

enum { OPT_FORCE = 0x100, OPT_NETWORK, OPT_NETWORK_MAP };

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Where to (else beside the first disk)", 0 },
	{ "type", 't', "libvirt", 0, "For which hypervisor", 0 },
	{ "network", OPT_NETWORK, "NAME|bridge=NAME", 0,
		"Plug all cards into this network of libvirt's, or bridge", 0 },
	{ "network-map", OPT_NETWORK_MAP, "OLD=NAME|OLD=bridge=NAME", 0,
		"Plug those of the old network, or MAC address, OLD there; may "
		"be given several times",
		0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace an existing file", 0 },
	{ 0 },
};

struct options {
	struct v2v_meta_options meta;
	char **maps;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options_read = state->input;
	struct v2v_meta_options *opt = &options_read->meta;

	switch (key) {
	case 'o':
		opt->out_dir = tool_directory(state, "-o", arg);
		return 0;
	case 't':
		opt->type = tool_word(state, "--type", arg, v2v_meta_types());
		return 0;
	case OPT_NETWORK:
		opt->network = arg;
		return 0;
	case OPT_NETWORK_MAP:
		tool_collect(&options_read->maps, arg);
		opt->network_maps = (const char *const *)options_read->maps;
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
	const struct options *opt = options_given;

	return v2v_meta(v, doc, &opt->meta, err);
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
	struct options opt = { .meta = V2V_OPTIONS(meta) };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .out = opt.meta.out_dir,
		.beside_target = true };
	int status;

	tool_confine(tool, &reach);
	status = tool_run(tool, meta);
	free(opt.maps);
	return status;
}
