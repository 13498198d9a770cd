/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-unpack: OVAs and disk images to documents, the start of the stream. */
#include "common/images.h"
#include "common/machine.h"

enum {
	OPT_NAME = 0x100,
	OPT_MEMORY,
	OPT_VCPUS,
	OPT_FIRMWARE,
	OPT_CONFIGURATION,
	OPT_OVF,
	OPT_NO_VERIFY,
	OPT_VM,
	OPT_SNAPSHOT,
	OPT_CLEAN,
	OPT_PRINT,
};

static const struct argp_option options[] = {
	{ "name", OPT_NAME, "NAME", 0, "The machine's name", 0 },
	{ "memory", OPT_MEMORY, "SIZE", 0, "Its memory, such as 2G, 2GiB", 0 },
	{ "vcpus", OPT_VCPUS, "N", 0, "Its virtual CPUs", 0 },
	{ "firmware", OPT_FIRMWARE, "bios|uefi", 0, "Its firmware", 0 },
	{ "configuration", OPT_CONFIGURATION, "NAME", 0,
		"The OVF's deployment option to take", 0 },
	{ "no-verify", OPT_NO_VERIFY, NULL, 0,
		"Leave the OVA's manifest unchecked", 0 },
	{ "vm", OPT_VM, "NAME", 0, "Of several machines in an OVA, this one",
		0 },
	{ "ovf", OPT_OVF, "NAME", 0,
		"Of several descriptors (.ovf, .vmx, .vbox) in an OVA, this "
		"one",
		0 },
	{ "print", OPT_PRINT, NULL, 0,
		"Instead: say in ten lines what the machine is; nothing is "
		"unpacked",
		0 },
	{ "snapshot", OPT_SNAPSHOT, "NAME", 0,
		"Of a VMX, its disks at this snapshot (its name or ID)", 0 },
	{ "clean", OPT_CLEAN, "HOURS", OPTION_ARG_OPTIONAL,
		"Instead: remove the work directories that killed steps left "
		"and that nothing was written to for so long (24)",
		0 },
	IMAGES_OPTIONS,
	{ 0 },
};

struct options {
	struct v2v_unpack_options unpack;
	char **files;
	bool clean, print;
	uint64_t idle; /* seconds */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const firmwares[] = { "bios", "uefi", NULL };
	struct options *opt = state->input;

	switch (key) {
	case OPT_NAME:
		opt->unpack.name = arg;
		return 0;
	case OPT_MEMORY:
		opt->unpack.memory = tool_size(state, "--memory", arg);
		return 0;
	case OPT_VCPUS:
		opt->unpack.vcpus = tool_count(state, "--vcpus", arg);
		return 0;
	case OPT_FIRMWARE:
		opt->unpack.firmware =
			tool_word(state, "--firmware", arg, firmwares);
		return 0;
	case OPT_CONFIGURATION:
		opt->unpack.configuration = arg;
		return 0;
	case OPT_OVF:
		opt->unpack.ovf = arg;
		return 0;
	case OPT_VM:
		opt->unpack.vm = arg;
		return 0;
	case OPT_SNAPSHOT:
		opt->unpack.snapshot = arg;
		return 0;
	case OPT_NO_VERIFY:
		opt->unpack.no_verify = true;
		return 0;
	case OPT_PRINT:
		opt->print = opt->unpack.describe = opt->unpack.assume = true;
		return 0;
	case OPT_CLEAN:
		opt->clean = true;
		opt->idle = tool_hours(state, "--clean", arg ? arg : "24");
		return 0;
	case ARGP_KEY_END:
		if (opt->clean && opt->files)
			argp_error(state, "--clean takes no file");
		if (opt->clean && opt->print)
			argp_error(state,
				"--clean and --print exclude each other");
		if (!opt->clean && !opt->files)
			argp_error(state, "no file given");
		return 0;
	default:
		return images_parse(key, arg, state, &opt->unpack, &opt->files);
	}
}

static const struct tool_spec command_line = {
	.name = "v2v-unpack",
	.args = "FILE...",
	.doc = "Read OVAs, VMware's, libvirt's or VirtualBox' machines, or the "
	       "disk images of one machine, and write a document for each "
	       "machine.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct options opt = { .unpack = V2V_OPTIONS(unpack) };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .makes_workdir = !opt.print };
	const struct tool_printer printer = machine_printer();

	if (opt.clean)
		return tool_clean(tool, opt.idle);
	tool_confine(tool, &reach);
	tool_feed(tool, opt.files, &opt.unpack);
	if (opt.print)
		tool_print_with(tool, &printer);
	return tool_run(tool, NULL);
}
