/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-boot: start the new machine on throw-away layers, and say how far it
 * comes. */
#include "common/tool.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPT_TIMEOUT = 0x100, OPT_SCREENSHOTS, OPT_FORCE, OPT_AGENT_PING };

static const struct argp_option options[] = {
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0,
		"Give up after so long (else 300 with KVM, 1200 without)", 0 },
	{ "screenshot-dir", OPT_SCREENSHOTS, "DIR", 0,
		"Keep a picture of the screen as DIR/NAME.png", 0 },
	{ "agent-ping", OPT_AGENT_PING, NULL, 0,
		"Ask the guest agent, too: does it answer?", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace an existing picture", 0 },
	{ 0 },
};

struct options {
	struct v2v_boot_options boot;
	bool *is_down; /* a machine did not come up */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options_read = state->input;
	struct v2v_boot_options *opt = &options_read->boot;

	switch (key) {
	case OPT_TIMEOUT:
		opt->timeout = tool_count(state, "--timeout", arg);
		return 0;
	case OPT_SCREENSHOTS:
		opt->screenshot_dir =
			tool_directory(state, "--screenshot-dir", arg);
		return 0;
	case OPT_AGENT_PING:
		opt->agent_ping = true;
		return 0;
	case OPT_FORCE:
		opt->force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int boot(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	if (v2v_boot(v, doc, &opt->boot, err) < 0)
		return -1;
	if (!json_is_true(json_object_get(json_object_get(doc, "boot"), "up")))
		*opt->is_down = true;
	return 0;
}

static const struct tool_spec command_line = {
	.name = "v2v-boot",
	.doc = "Start the new machine on layers that are thrown away, without "
	       "a network, and say how far it comes: a login, a panic, no "
	       "boot device.",
	.options = options,
	.parse = parse,
};

/* As the script for qemu has it. */
static void find_config(char *dir, size_t room)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		snprintf(dir, room, "%s", config);
	else
		snprintf(dir, room, "%s/.config", home ? home : "");
}

int main(int argc, char **argv)
{
	bool is_down = false;
	struct options opt = { .boot = V2V_OPTIONS(boot), .is_down = &is_down };
	char config[PATH_MAX];
	struct tool *tool;
	int status;

	find_config(config, sizeof config);
	opt.boot.config_dir = config;
	tool = tool_start(&command_line, argc, argv, &opt);
	status = tool_run(tool, boot);

	return status ? status : is_down;
}
