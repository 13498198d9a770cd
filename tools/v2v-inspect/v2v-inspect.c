/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-inspect: what is inside the guest, and will it run on KVM? */
#include "common/images.h"

#include "common/findings.h"

#include <stdlib.h>

enum { OPT_ROOT = 0x100, OPT_KEY, OPT_CHECK };

static const struct argp_option options[] = {
	{ "root", OPT_ROOT, "first|single|N|/dev/X", 0,
		"Which operating system, where there are several", 0 },
	{ "key", OPT_KEY, "SELECTOR", 0,
		"Open encrypted disks: DEVICE|UUID|all:key:PASSPHRASE or "
		"DEVICE|UUID|all:file:NAME",
		0 },
	{ "check", OPT_CHECK, NULL, 0,
		"Print only what stands against running on KVM and what would "
		"be changed, as text; status 1 when there is a blocker",
		0 },
	IMAGES_OPTIONS,
	{ 0 },
};

struct options {
	struct v2v_inspect_options inspect;
	struct v2v_unpack_options unpack;
	char **keys;
	char **files;
	bool check;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case OPT_ROOT:
		opt->inspect.root = arg;
		return 0;
	case OPT_KEY:
		tool_collect(&opt->keys, arg);
		opt->inspect.keys = (const char *const *)opt->keys;
		return 0;
	case OPT_CHECK:
		opt->check = true;
		return 0;
	default:
		return images_parse(key, arg, state, &opt->unpack, &opt->files);
	}
}

static int inspect(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	return v2v_inspect(v, doc, &opt->inspect, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-inspect",
	.args = "[DISK...]",
	.doc = "Look into the guest on the overlays or source disks, or on the "
	       "disk images named; nothing is ever written to them.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	int status;

	tool_feed(tool, opt.files, &opt.unpack);
	if (opt.check)
		tool_print_with(tool, findings_print);
	status = tool_run(tool, inspect);
	free(opt.keys);
	return status;
}
