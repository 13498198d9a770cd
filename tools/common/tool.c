/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop that all tools share. */
#include "common/tool.h"

#include "common/confine.h"
#include "common/tmpdir.h"
#include "common/tool-private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is closed of 0 to 2 would be the number of the next file that is opened,
 * and messages go into a disk.  An empty input, an output that cannot be
 * written; messages are lost, as who closed it wanted. */
static bool open_standard(void)
{
	static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };
	bool is_out_closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			_exit(1);
	return !is_out_closed;
}

struct tool *tool_start(
	const struct tool_spec *spec, int argc, char **argv, void *options)
{
	bool has_stdout = open_standard();
	const char *cache = getenv("V2V_CACHEDIR");
	struct tool *tool = calloc(1, sizeof *tool);

	if (!tool)
		abort();
	tool->has_stdout = has_stdout;
	tool->begun = report_now();
	tool->spec = spec;
	tool->options = options;
	tool_options_parse(spec, argc, argv, &tool->common, options);
	tool->report = (struct report){
		.name = spec->name,
		.verbose = tool->common.verbose,
		.json = tool->common.json_messages,
		.progress = tool->common.progress || isatty(STDERR_FILENO),
	};
	tool->sink.out = stdout;
	tool->v2v = v2v_new();
	v2v_on_message(tool->v2v, report_message, &tool->report);
	v2v_on_progress(tool->v2v, report_progress, &tool->report);
	v2v_set_tmpdir(tool->v2v, tool_tmpdir());
	if (cache && *cache == '/')
		v2v_set_cachedir(tool->v2v, cache);
	tool_catch_signals(tool->v2v);
	return tool;
}

void tool_feed(struct tool *tool, char **files,
	const struct v2v_unpack_options *unpack)
{
	tool->files = files;
	tool->unpack = unpack;
}

void tool_confine(struct tool *tool, const struct tool_reach *reach)
{
	tool->reach = confine_is_on() ? reach : NULL;
}

void tool_only_one(struct tool *tool)
{
	tool->only_one = true;
}

void tool_gather(struct tool *tool,
	int (*all)(struct v2v *, json_t *, const void *, struct v2v_error *))
{
	tool->all = all;
	tool->held = json_array();
}

void tool_print_with(struct tool *tool, const struct tool_printer *printer)
{
	tool->printer = printer;
}

void tool_write_to(struct tool *tool, const char *file, bool force)
{
	tool->sink = (struct sink){ .path = file, .force = force };
}

/* After a signal: the documents that are in the pipe, and for which nobody
 * waits, go no further either. */
static void drop_rest(struct tool *tool, FILE *in)
{
	int fd = fileno(in), flags = fcntl(fd, F_GETFL);
	json_t *doc = NULL;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return;
	clearerr(in);
	while (v2v_doc_read(in, &doc, NULL) > 0) {
		tool_drop(tool, doc);
		json_decref(doc);
	}
}

static void run_documents(struct tool *tool, FILE *in)
{
	int got = 1;

	if (isatty(fileno(in))) {
		struct v2v_error err = { "terminal",
			"standard input is a terminal; a document is expected, "
			"such as v2v-unpack writes" };
		tool_fail(tool, &err);
		return;
	}
	while (got > 0 && !tool_ended_by()) {
		struct v2v_error err = { 0 };
		json_auto_t *doc = NULL;

		tool_signals_reading(true);
		got = v2v_doc_read(in, &doc, &err);
		tool_signals_reading(false);
		tool->step_begun = report_now();
		if (got > 0 && tool_ended_by())
			tool_drop(tool, doc);
		else if (got > 0)
			tool_handle(tool, doc);
		else if (got < 0 && !tool_ended_by())
			tool_fail(tool, &err);
		tool->any |= got < 0;
	}
	if (tool_ended_by())
		drop_rest(tool, in);
	if (!tool->any && !tool_ended_by()) {
		struct v2v_error err = { "no-document",
			"no document on standard input" };
		tool->failed = true;
		report_consequence(&tool->report, &err);
	}
}

/* The handle and the output closed; the exit status. */
static int end(struct tool *tool)
{
	struct v2v_error err = { 0 };
	int status;

	tool_catch_signals(NULL);
	v2v_free(tool->v2v);
	if (sink_close(&tool->sink, !tool->failed && !tool_ended_by(), &err) <
		0)
		tool_fail(tool, &err);
	status = tool->called_wrongly ? 2 : tool->failed;
	if (tool_ended_by())
		status = 128 + tool_ended_by();
	json_decref(tool->held);
	free(tool->files);
	free(tool);
	return status;
}

int tool_verbosity(const struct tool *tool)
{
	return tool->common.verbose;
}

bool tool_keeps(const struct tool *tool)
{
	return tool->common.keep;
}

int tool_clean(struct tool *tool, uint64_t idle)
{
	struct v2v_error err = { 0 };

	if (v2v_clean(tool->v2v, idle, &err) == 0 &&
		strcmp(tool_tmpdir(), TOOL_USUAL_TMPDIR) != 0) {
		v2v_set_tmpdir(tool->v2v, TOOL_USUAL_TMPDIR);
		v2v_clean(tool->v2v, idle, &err);
	}
	if (err.code)
		tool_fail(tool, &err);
	return end(tool);
}

/* Before the work, which nobody would hear of. */
static int check_stdout(const struct tool *tool, struct v2v_error *err)
{
	if (tool->has_stdout || tool->sink.out != stdout)
		return 0;
	*err = (struct v2v_error){ "io",
		"cannot write the document: standard output is closed" };
	return -1;
}

int tool_run(struct tool *tool,
	int (*step)(struct v2v *, json_t *, const void *, struct v2v_error *))
{
	struct v2v_error err = { 0 };

	tool->step = step;
	if (check_stdout(tool, &err) < 0 || sink_open(&tool->sink, &err) < 0 ||
		(tool->files && tool->reach &&
			confine_self(tool->v2v, tool->reach, tool->files,
				tool->unpack, &err) < 0))
		tool_fail(tool, &err);
	else if (tool->files)
		tool_run_files(tool);
	else
		run_documents(tool, stdin);
	if (tool->all)
		tool_handle_all(tool);
	if (tool->printer && tool->printer->end && tool->sink.out)
		tool->printer->end(tool->sink.out, tool->printer->opaque);
	return end(tool);
}
