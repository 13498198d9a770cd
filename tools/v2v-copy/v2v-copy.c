/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-copy: make the target disks. */
#include "common/tool.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OPT_PREALLOCATION = 0x100,
	OPT_FORCE,
	OPT_COMPRESSION,
	OPT_THREADS,
	OPT_VERIFY,
	OPT_HASH,
	OPT_BWLIMIT,
	OPT_DOCUMENT,
	OPT_RESUME,
};

static const struct argp_option options[] = {
	{ "output", 'o', "DIR|DEVICE|URI|-", 0,
		"The directory for the target disks; or, for one raw disk, a "
		"block device, an nbd: URI, or - for standard output",
		0 },
	{ "format", 'f', "qcow2|raw", 0, "The targets' format", 0 },
	{ "compress", 'c', NULL, 0, "Compress (qcow2 only)", 0 },
	{ "compression", OPT_COMPRESSION, "zlib|zstd", 0,
		"How to compress, with -c", 0 },
	{ "preallocation", OPT_PREALLOCATION, "off|metadata|falloc|full", 0,
		"Take the targets' room beforehand", 0 },
	{ "hash", OPT_HASH, NULL, 0,
		"Make the SHA-256 of what the guest sees on each disk", 0 },
	{ "verify", OPT_VERIFY, NULL, 0,
		"Read the targets back and compare with what was copied", 0 },
	{ "threads", OPT_THREADS, "N", 0,
		"Threads that all disks share (one for each core, 32 at most)",
		0 },
	{ "jobs", 'j', "N", 0, "Copy at most so many disks at a time (all)",
		0 },
	{ "bwlimit", OPT_BWLIMIT, "RATE", 0,
		"Read at most so much a second, such as 50M (no limit)", 0 },
	{ "resume", OPT_RESUME, "DIR", OPTION_ARG_OPTIONAL,
		"Go on with a raw copy that broke; the directory is for the "
		"record of a device or an NBD export",
		0 },
	{ "document", OPT_DOCUMENT, "FILE", 0,
		"Write the documents there, not to standard output", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace existing files", 0 },
	{ 0 },
};

struct options {
	struct v2v_copy_options copy;
	const char *document;
	bool is_directory;
};

static void check_output(struct options *opt, struct argp_state *state)
{
	const char *out = opt->copy.out_dir;
	struct stat st;

	if (!out)
		argp_error(state, "no target directory given; -o DIR");
	opt->copy.out_fd = STDOUT_FILENO;
	if (strcmp(out, "-") == 0 && isatty(STDOUT_FILENO))
		argp_error(state, "a disk is not written to a terminal");
	if (strcmp(out, "-") == 0 || strstr(out, "://") ||
		(stat(out, &st) == 0 && S_ISBLK(st.st_mode)))
		return;
	opt->is_directory = true;
	tool_directory(state, "-o", out);
}

static error_t parse_more(int key, char *arg, struct argp_state *state)
{
	static const char *const packings[] = { "zlib", "zstd", NULL };
	struct options *opt = state->input;

	switch (key) {
	case OPT_COMPRESSION:
		opt->copy.compression =
			tool_word(state, "--compression", arg, packings);
		return 0;
	case OPT_THREADS:
		opt->copy.threads = tool_count(state, "--threads", arg);
		return 0;
	case 'j':
		opt->copy.jobs = tool_count(state, "--jobs", arg);
		return 0;
	case OPT_BWLIMIT:
		opt->copy.bwlimit = tool_size(state, "--bwlimit", arg);
		return 0;
	case OPT_VERIFY:
		opt->copy.verify = true;
		return 0;
	case OPT_HASH:
		opt->copy.hash = true;
		return 0;
	case OPT_RESUME:
		opt->copy.resume =
			arg ? tool_directory(state, "--resume", arg) : "";
		return 0;
	case OPT_DOCUMENT:
		opt->document = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "qcow2", "raw", NULL };
	static const char *const modes[] = { "off", "metadata", "falloc",
		"full", NULL };
	struct options *opt = state->input;

	switch (key) {
	case 'o':
		opt->copy.out_dir = arg;
		return 0;
	case 'f':
		opt->copy.format = tool_word(state, "--format", arg, formats);
		return 0;
	case 'c':
		opt->copy.compress = true;
		return 0;
	case OPT_PREALLOCATION:
		opt->copy.preallocation =
			tool_word(state, "--preallocation", arg, modes);
		return 0;
	case OPT_FORCE:
		opt->copy.force = true;
		return 0;
	case ARGP_KEY_END:
		check_output(opt, state);
		return 0;
	default:
		return parse_more(key, arg, state);
	}
}

/* NULL: beside the images, or nowhere. */
static const char *records_in(const struct options *opt)
{
	const char *dir = opt->copy.resume;

	return dir && *dir ? dir : NULL;
}

static int copy(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	return v2v_copy(v, doc, &opt->copy, err);
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
	struct options opt = { .copy = V2V_OPTIONS(copy) };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .out = opt.copy.out_dir,
		.workdir = records_in(&opt),
		.runs_qemu = true };

	tool_confine(tool, &reach);
	/* It would overwrite the first, or follow it in the stream. */
	if (!opt.is_directory)
		tool_only_one(tool);
	opt.copy.keep = tool_keeps(tool);
	if (opt.document)
		tool_write_to(tool, opt.document, opt.copy.force);
	else if (strcmp(opt.copy.out_dir, "-") == 0)
		tool_write_to(tool, NULL, false);
	return tool_run(tool, copy);
}
