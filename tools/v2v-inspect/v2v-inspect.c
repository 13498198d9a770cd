/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-inspect: what is inside the guest, and will it run on KVM? */
#include "common/images.h"

#include "common/diff.h"
#include "common/findings.h"
#include "common/keys.h"

enum { OPT_CHECK = 0x100, OPT_DIFF };

static const struct argp_option options[] = {
	KEYS_OPTIONS("W"),
	{ "check", OPT_CHECK, NULL, 0,
		"Print only what prevents running on KVM and what would "
		"be changed, as text; status 1 when there is a blocker",
		0 },
	{ "diff", OPT_DIFF, NULL, 0,
		"With --check: behind it what would be changed in each text, "
		"as unified diffs",
		0 },
	IMAGES_OPTIONS,
	{ 0 },
};

struct options {
	struct v2v_inspect_options inspect;
	struct v2v_unpack_options unpack;
	struct keys keys;
	char **files;
	bool check;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	if (keys_parse(key, arg, state, &opt->keys, &opt->inspect) == 0)
		return 0;
	switch (key) {
	case OPT_CHECK:
		opt->check = true;
		return 0;
	case OPT_DIFF:
		opt->inspect.diff = true;
		return 0;
	case ARGP_KEY_END:
		if (opt->inspect.diff && !opt->check)
			argp_error(state, "--diff needs --check");
		return images_parse(key, arg, state, &opt->unpack, &opt->files);
	default:
		return images_parse(key, arg, state, &opt->unpack, &opt->files);
	}
}

static const struct tool_spec command_line = {
	.name = "v2v-inspect",
	.args = "[DISK...]",
	.doc = "Look into the guest on the overlays or source disks, or on the "
	       "disk images named; nothing is ever written to them.",
	.options = options,
	.parse = parse,
};

static int inspect(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	struct options *opt = (struct options *)options_given;

	if (keys_ask(&opt->keys, v, command_line.name, err) < 0)
		return -1;
	return v2v_inspect(v, doc, &opt->inspect, err);
}

/* A patch may have text above it. */
static bool print_with_diff(FILE *out, const json_t *doc)
{
	bool clear = findings_print(out, doc);

	fputc('\n', out);
	diff_print(out, json_object_get(doc, "inspect"));
	return clear;
}

int main(int argc, char **argv)
{
	struct options opt = {
		.inspect = V2V_OPTIONS(inspect),
		.unpack = V2V_OPTIONS(unpack, .assume = true),
	};
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	int status;

	tool_feed(tool, opt.files, &opt.unpack);
	if (opt.check)
		tool_print_with(tool,
			opt.inspect.diff ? print_with_diff : findings_print);
	status = tool_run(tool, inspect);
	keys_clear(&opt.keys);
	return status;
}
