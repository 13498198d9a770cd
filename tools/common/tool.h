/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all tools do: parse options, read documents, call the step, write
 * the documents, tell of messages and progress, end with the right status
 * (0 all done, 1 something failed, 2 called wrongly, 128+N ended by signal N).
 */
#ifndef V2V_TOOL_H
#define V2V_TOOL_H

#include "v2v.h"

#include <argp.h>

/* What differs: filled in as static data by each tool. */
struct tool_spec {
	const char *name; /* "v2v-estimate" */
	const char *args; /* "[DISK...]", or NULL: takes no arguments */
	const char *doc;  /* for --help; text behind '\v' comes last */
	const struct argp_option *options;
	/* As argp's parser; state->input is the tool's own struct options. */
	error_t (*parse)(int key, char *arg, struct argp_state *state);
};

struct tool;

/* Parse the command line; ends the process with status 2 where it is wrong. */
struct tool *tool_start(
	const struct tool_spec *spec, int argc, char **argv, void *options);

/* Documents come from these OVAs and images (of tool_collect(), taken over;
 * NULL: none), not from standard input.  An OVA is a machine; the images
 * together are one. */
void tool_feed(struct tool *tool, char **files,
	const struct v2v_unpack_options *unpack);

/* What the tool may reach beside the files that it was given, and the disks
 * that a document names; all of it borrowed, and the options' own. */
struct tool_reach {
	const char *out;     /* a directory, a device, a URI, "-"; NULL: none */
	const char *workdir; /* a directory to write in; NULL: none */
	bool makes_workdir;
	bool beside_target; /* without out: where the first target lies */
	bool runs_qemu;
	bool screenshots; /* reads the picture that a document names */
};

/* The tool confines itself to that, as v2v-tools(7) says. */
void tool_confine(struct tool *tool, const struct tool_reach *reach);

/* A second document fails, with the code "one-disk". */
void tool_only_one(struct tool *tool);

/* The documents that @step of tool_run() let pass are kept until the last has
 * come, and written when @all, which is called once on the array of them, has
 * succeeded. */
void tool_gather(
	struct tool *tool, int (*all)(struct v2v *v, json_t *docs,
				   const void *options, struct v2v_error *err));

/* What is printed in place of the documents. */
struct tool_printer {
	/* A document that the step is done with; false: the status is 1. */
	bool (*print)(FILE *out, const json_t *doc, void *opaque);
	/* Behind the last one; may be NULL. */
	void (*end)(FILE *out, void *opaque);
	void *opaque;
};

/* @printer is borrowed until tool_run() has ended. */
void tool_print_with(struct tool *tool, const struct tool_printer *printer);

/* Write the documents to @file, which appears when all are done, and not at all
 * where one failed; an existing one is replaced only where @force.  NULL:
 * nowhere.  Standard output is then somebody else's. */
void tool_write_to(struct tool *tool, const char *file, bool force);

/* The loop over all documents: @step (may be NULL) is called on each with the
 * options that tool_start() was given.  Ends @tool; returns the exit status. */
int tool_run(
	struct tool *tool, int (*step)(struct v2v *v, json_t *doc,
				   const void *options, struct v2v_error *err));

/* How often -v was given. */
int tool_verbosity(const struct tool *tool);

/* --keep was given: the work directory stays. */
bool tool_keeps(const struct tool *tool);

/* Instead of tool_run(): v2v_clean() in TMPDIR and in /var/tmp. */
int tool_clean(struct tool *tool, uint64_t idle);

/* Collect arguments: a growing array with NULL at the end; free() ends it. */
void tool_collect(char ***list, char *arg);

/* Parse a number, or a size with or without a unit (K, KB or KiB: 1024 bytes;
 * M, G, T), or end the process with argp_error(). */
uint64_t tool_size(struct argp_state *state, const char *what, const char *arg);
unsigned tool_count(
	struct argp_state *state, const char *what, const char *arg);

/* A number of hours, as seconds. */
uint64_t tool_hours(
	struct argp_state *state, const char *what, const char *arg);

/* @arg if it is a directory in which files can be made, or a file that can be
 * read; else argp_error(), before anything was begun. */
const char *tool_directory(
	struct argp_state *state, const char *what, const char *arg);
const char *tool_readable(
	struct argp_state *state, const char *what, const char *arg);

/* @arg if it is one of @words (NULL at the end), else argp_error(). */
const char *tool_word(struct argp_state *state, const char *what,
	const char *arg, const char *const *words);
#endif
