/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-inspect: what is inside the guest, and will it run on KVM? */
#include "common/images.h"

#include "common/findings.h"
#include "common/keys.h"

enum { OPT_CHECK = 0x100, OPT_DIFF, OPT_COLOR };

static const struct argp_option options[] = {
	KEYS_OPTIONS("W"),
	{ "check", OPT_CHECK, NULL, 0,
		"Print only whether the machine will run on KVM, what prevents "
		"it and what would be changed, as text; status 1 when there is "
		"a blocker",
		0 },
	{ "diff", OPT_DIFF, NULL, 0,
		"What would be changed in each text, as unified diffs: in the "
		"document, or with --check behind the findings",
		0 },
	{ "color", OPT_COLOR, "auto|always|never", 0,
		"With --check: colours; auto (the default) on a terminal", 0 },
	IMAGES_OPTIONS,
	{ 0 },
};

struct options {
	struct v2v_inspect_options inspect;
	struct v2v_unpack_options unpack;
	struct keys keys;
	char **files;
	bool check;
	enum wrap_color color;
};

static enum wrap_color parse_color(struct argp_state *state, const char *arg)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	const char *word = tool_word(state, "--color", arg, words);

	return word == words[0]	  ? WRAP_COLOR_AUTO
	       : word == words[1] ? WRAP_COLOR_ALWAYS
				  : WRAP_COLOR_NEVER;
}

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
	case OPT_COLOR:
		opt->color = parse_color(state, arg);
		return 0;
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

int main(int argc, char **argv)
{
	struct options opt = {
		.inspect = V2V_OPTIONS(inspect),
		.unpack = V2V_OPTIONS(unpack, .assume = true),
	};
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	struct findings findings = { .diff = opt.inspect.diff,
		.all = tool_verbosity(tool) > 0,
		.color = opt.color };
	const struct tool_printer printer = findings_printer(&findings);
	int status;

	tool_feed(tool, opt.files, &opt.unpack);
	if (opt.check)
		tool_print_with(tool, &printer);
	status = tool_run(tool, inspect);
	keys_clear(&opt.keys);
	return status;
}
