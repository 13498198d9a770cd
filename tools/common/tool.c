/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop that all tools share. */
#include "common/tool.h"

#include "common/options.h"
#include "common/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tool {
	const struct tool_spec *spec;
	struct tool_options common;
	void *options;
	struct report report;
	struct v2v *v2v;
	char **files; /* owned */
	const struct v2v_unpack_options *unpack;
	bool (*print)(FILE *out, const json_t *doc);
	int (*step)(struct v2v *, json_t *, const void *, struct v2v_error *);
	struct sink sink;
	bool has_stdout; /* it was not closed when we began */
	bool failed, called_wrongly, any;
};

/* All that a signal handler may reach. */
static struct v2v *volatile signal_handle;
static volatile sig_atomic_t signal_number;

static void on_signal(int number)
{
	signal_number = number;
	if (signal_handle)
		v2v_cancel(signal_handle);
}

static void catch_signals(struct v2v *v)
{
	struct sigaction action = { .sa_handler = on_signal };

	signal_handle = v;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* A reader that is gone is a failed write, to be told and tidied up. */
	signal(SIGPIPE, SIG_IGN);
	/* So is one beyond ulimit -f. */
	signal(SIGXFSZ, SIG_IGN);
}

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
	struct tool *tool = calloc(1, sizeof *tool);

	if (!tool)
		abort();
	tool->has_stdout = has_stdout;
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
	if (getenv("TMPDIR") && *getenv("TMPDIR") == '/')
		v2v_set_tmpdir(tool->v2v, getenv("TMPDIR"));
	catch_signals(tool->v2v);
	return tool;
}

void tool_feed(struct tool *tool, char **files,
	const struct v2v_unpack_options *unpack)
{
	tool->files = files;
	tool->unpack = unpack;
}

void tool_print_with(
	struct tool *tool, bool (*print)(FILE *out, const json_t *doc))
{
	tool->print = print;
}

void tool_write_to(struct tool *tool, const char *file, bool force)
{
	tool->sink = (struct sink){ .path = file, .force = force };
}

static void fail(struct tool *tool, const struct v2v_error *err)
{
	tool->failed = true;
	tool->called_wrongly |=
		err->code && strcmp(err->code, "bad-option") == 0;
	report_error(&tool->report, err);
}

/* false: the document goes no further, or what was written is not whole. */
static bool write_out(struct tool *tool, const json_t *doc)
{
	struct v2v_error err = { 0 };
	FILE *out = tool->sink.out;
	bool pretty = tool->common.pretty || (out && isatty(fileno(out)));

	if (!out)
		return false;
	if (tool->print) {
		if (!tool->print(out, doc))
			tool->failed = true;
		return false;
	}
	if (v2v_doc_write(out, doc, pretty, &err) == 0)
		return true;
	fail(tool, &err);
	return false;
}

/* Will nobody know the document's work directory when this step does not hand
 * it on?  A document that lies in a file can be read again. */
static bool is_last_known(const struct tool *tool, const json_t *doc)
{
	struct stat st;

	if (tool->files || !json_is_string(json_object_get(doc, "workdir")))
		return true;
	return fstat(STDIN_FILENO, &st) < 0 || !S_ISREG(st.st_mode);
}

static void handle(struct tool *tool, json_t *doc)
{
	bool is_last = is_last_known(tool, doc), handed_on = false;
	struct v2v_error err = { 0 };

	tool->any = true;
	if (tool->step && tool->step(tool->v2v, doc, tool->options, &err) < 0)
		fail(tool, &err);
	else
		handed_on = write_out(tool, doc);
	if (!handed_on && is_last && !tool->common.keep)
		v2v_discard(tool->v2v, doc);
}

/* After a signal: the documents that stand in the pipe, and for which nobody
 * waits, go no further either. */
static void drop_rest(struct tool *tool, FILE *in)
{
	int fd = fileno(in), flags = fcntl(fd, F_GETFL);
	json_t *doc = NULL;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return;
	clearerr(in);
	while (v2v_doc_read(in, &doc, NULL) > 0) {
		if (is_last_known(tool, doc) && !tool->common.keep)
			v2v_discard(tool->v2v, doc);
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
		fail(tool, &err);
		return;
	}
	while (got > 0 && !signal_number) {
		struct v2v_error err = { 0 };
		json_auto_t *doc = NULL;

		got = v2v_doc_read(in, &doc, &err);
		if (got > 0)
			handle(tool, doc);
		else if (got < 0 && !signal_number)
			fail(tool, &err);
		tool->any |= got < 0;
	}
	if (signal_number)
		drop_rest(tool, in);
	if (!tool->any && !signal_number) {
		struct v2v_error err = { "no-document",
			"no document on standard input" };
		fail(tool, &err);
	}
}

static void run_machine(struct tool *tool, const char *const *files)
{
	struct v2v_error err = { 0 };
	json_auto_t *docs = NULL;
	json_t *doc;
	size_t i;

	if (v2v_unpack(tool->v2v, files, tool->unpack, &docs, &err) < 0) {
		fail(tool, &err);
		return;
	}
	json_array_foreach (docs, i, doc) {
		if (!signal_number)
			handle(tool, doc);
		else
			v2v_discard(tool->v2v, doc);
	}
}

/* Which of the files are machines, and which the images of one. */
static void sort_files(struct tool *tool, char ***machines, char ***images)
{
	for (char *const *file = tool->files; *file && !signal_number; file++) {
		struct v2v_error err = { 0 };
		/* Who names the format says that it is one. */
		int is_image = tool->unpack && tool->unpack->format
				       ? 1
				       : v2v_unpack_is_image(*file, &err);

		if (is_image < 0)
			fail(tool, &err);
		else
			tool_collect(is_image ? images : machines, *file);
	}
}

/* A name is one machine's.  That of several in one OVA the step refuses. */
static bool has_one_name(struct tool *tool, char **machines, char **images)
{
	struct v2v_error err = { "bad-option", "" };

	if (!tool->unpack || !tool->unpack->name || !machines ||
		(!machines[1] && !images))
		return true;
	snprintf(err.text, sizeof err.text,
		"one name, '%s', for several machines: '%s' and '%s'",
		tool->unpack->name, machines[0],
		machines[1] ? machines[1] : images[0]);
	fail(tool, &err);
	return false;
}

/* Each OVA is a machine of its own; all images together are one. */
static void run_files(struct tool *tool)
{
	char **machines = NULL, **images = NULL;

	sort_files(tool, &machines, &images);
	if (has_one_name(tool, machines, images)) {
		/* A machine with one of its disks missing is no machine. */
		bool complete = !tool->failed;

		for (char **file = machines; file && *file && !signal_number;
			file++) {
			const char *one[] = { *file, NULL };

			run_machine(tool, one);
		}
		if (images && complete && !signal_number)
			run_machine(tool, (const char *const *)images);
	}
	free(machines);
	free(images);
}

/* The handle and the output closed; the exit status. */
static int end(struct tool *tool)
{
	struct v2v_error err = { 0 };
	int status;

	signal_handle = NULL;
	v2v_free(tool->v2v);
	if (sink_close(&tool->sink, !tool->failed && !signal_number, &err) < 0)
		fail(tool, &err);
	status = tool->called_wrongly ? 2 : tool->failed;
	if (signal_number)
		status = 128 + signal_number;
	free(tool->files);
	free(tool);
	return status;
}

bool tool_keeps(const struct tool *tool)
{
	return tool->common.keep;
}

int tool_clean(struct tool *tool, uint64_t idle)
{
	const char *tmpdir = getenv("TMPDIR");
	struct v2v_error err = { 0 };

	if (v2v_clean(tool->v2v, idle, &err) == 0 && tmpdir) {
		v2v_set_tmpdir(tool->v2v, "/var/tmp");
		v2v_clean(tool->v2v, idle, &err);
	}
	if (err.code)
		fail(tool, &err);
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
	if (check_stdout(tool, &err) < 0 || sink_open(&tool->sink, &err) < 0)
		fail(tool, &err);
	else if (tool->files)
		run_files(tool);
	else
		run_documents(tool, stdin);
	return end(tool);
}
