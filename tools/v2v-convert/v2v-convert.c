/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-convert: make the guest boot on KVM with virtio. */
#include "common/diff.h"
#include "common/keys.h"

enum {
	OPT_IN_PLACE = 0x100,
	OPT_DRY_RUN,
	OPT_WORKDIR,
	OPT_NETWORK,
	OPT_INITRAMFS,
	OPT_BACKUP,
	OPT_UNDO,
	OPT_REMOVE_TOOLS,
	OPT_SERIAL,
	OPT_DIFF,
	OPT_AGENT,
	OPT_FIRSTBOOT,
};

static const struct argp_option options[] = {
	{ "in-place", OPT_IN_PLACE, NULL, 0,
		"Write to the disks themselves: the copies where there are "
		"some, else the source's",
		0 },
	{ "dry-run", OPT_DRY_RUN, NULL, 0,
		"Do all of it on throw-away overlays and keep only guestcaps, "
		"with what would be changed",
		0 },
	{ "diff", OPT_DIFF, NULL, 0,
		"With --dry-run: print what would be changed in each text, as "
		"unified diffs, instead of documents",
		0 },
	{ "backup", OPT_BACKUP, "DIR", 0,
		"Keep every file that is changed, as it was, in "
		"DIR/NAME-backup.tar",
		0 },
	{ "remove-tools", OPT_REMOVE_TOOLS, NULL, 0,
		"Run the guest's package manager to remove the packages of "
		"the old hypervisor's tools; a Windows uninstalls VMware "
		"Tools when it starts first",
		0 },
	{ "undo", OPT_UNDO, "FILE", 0,
		"Put what the backup FILE holds back, on the disks themselves; "
		"or end by its log a conversion in place that was broken off",
		0 },
	{ "workdir", OPT_WORKDIR, "DIR", 0,
		"Where missing overlays go (else one is made below /var/tmp)",
		0 },
	{ "network", OPT_NETWORK, "keep|leave", 0,
		"Keep the interfaces' names and addresses (the default), or "
		"leave the network's files as they are",
		0 },
	{ "initramfs", OPT_INITRAMFS, "append|rebuild", 0,
		"Append the drivers that an initramfs lacks (the default), or "
		"rebuild it with the guest's own tool, which is then run",
		0 },
	{ "serial-console", OPT_SERIAL, NULL, 0,
		"Give kernels a console on ttyS0, and a login there", 0 },
	{ "guest-agent", OPT_AGENT, "MSI", 0,
		"Have a Windows install the QEMU guest agent when it starts "
		"first",
		0 },
	{ "firstboot", OPT_FIRSTBOOT, "FILE", 0,
		"Have a Windows run this .exe, .bat or .cmd when it starts "
		"first; can be repeated",
		0 },
	KEYS_OPTIONS("Where inspect is missing: w"),
	{ 0 },
};

struct options {
	struct v2v_convert_options convert;
	struct v2v_inspect_options inspect;
	const char *undo;
	char **firstboot; /* NULL at the end; NULL: none */
	struct keys keys;
};

static const char *const networks[] = { "keep", "leave", NULL };

static const char *const initramfs_ways[] = { "append", "rebuild", NULL };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	if (keys_parse(key, arg, state, &opt->keys, &opt->inspect) == 0)
		return 0;
	switch (key) {
	case OPT_IN_PLACE:
		opt->convert.in_place = true;
		return 0;
	case OPT_DRY_RUN:
		opt->convert.dry_run = true;
		return 0;
	case OPT_BACKUP:
		opt->convert.backup_dir =
			tool_directory(state, "--backup", arg);
		return 0;
	case OPT_REMOVE_TOOLS:
		opt->convert.remove_tools = true;
		return 0;
	case OPT_UNDO:
		opt->undo = tool_readable(state, "--undo", arg);
		return 0;
	case OPT_WORKDIR:
		opt->convert.workdir = tool_directory(state, "--workdir", arg);
		return 0;
	case OPT_NETWORK:
		opt->convert.network =
			tool_word(state, "--network", arg, networks);
		return 0;
	case OPT_INITRAMFS:
		opt->convert.initramfs =
			tool_word(state, "--initramfs", arg, initramfs_ways);
		return 0;
	case OPT_SERIAL:
		opt->convert.serial_console = true;
		return 0;
	case OPT_AGENT:
		opt->convert.guest_agent =
			tool_readable(state, "--guest-agent", arg);
		return 0;
	case OPT_FIRSTBOOT:
		tool_readable(state, "--firstboot", arg);
		tool_collect(&opt->firstboot, arg);
		opt->convert.firstboot = (const char *const *)opt->firstboot;
		return 0;
	case OPT_DIFF:
		opt->convert.diff = true;
		return 0;
	case ARGP_KEY_END:
		if (opt->convert.diff && !opt->convert.dry_run)
			argp_error(state, "--diff needs --dry-run");
		if (opt->undo &&
			(opt->convert.backup_dir || opt->convert.dry_run))
			argp_error(state, "--undo excludes --backup and "
					  "--dry-run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct tool_spec command_line = {
	.name = "v2v-convert",
	.doc = "Change the guest on its overlays so that it boots on KVM with "
	       "virtio devices and keeps its network's names.",
	.options = options,
	.parse = parse,
};

static int convert(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	struct options *opt = (struct options *)options_given;

	if (keys_ask(&opt->keys, v, command_line.name, err) < 0)
		return -1;
	if (opt->undo)
		return v2v_undo(v, doc, opt->undo, &opt->convert, err);
	return v2v_convert(v, doc, &opt->convert, err);
}

static bool print_diff(FILE *out, const json_t *doc, void *opaque)
{
	(void)opaque;
	diff_print(out, json_object_get(doc, "guestcaps"));
	return true;
}

int main(int argc, char **argv)
{
	struct options opt = {
		.convert = V2V_OPTIONS(convert, .inspect = &opt.inspect),
		.inspect = V2V_OPTIONS(inspect),
	};
	static const struct tool_printer printer = { .print = print_diff };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	int status;

	if (opt.convert.diff)
		tool_print_with(tool, &printer);
	status = tool_run(tool, convert);
	keys_clear(&opt.keys);
	free(opt.firstboot);
	return status;
}
