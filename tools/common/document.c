/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of one document. */
#include "common/confine.h"
#include "common/summary.h"
#include "common/times.h"
#include "common/tool-private.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tool_fail(struct tool *tool, const struct v2v_error *err)
{
	struct v2v_error explained = *err;

	if (tool->reach)
		confine_explain(&explained);
	tool->failed = true;
	tool->called_wrongly |=
		err->code && strcmp(err->code, "bad-option") == 0;
	report_error(&tool->report, &explained);
}

/* false: the document goes no further, or what was written is not whole. */
static bool put_out(struct tool *tool, const json_t *doc, bool is_first)
{
	struct v2v_error err = { 0 };
	FILE *out = tool->sink.out;

	if (!out)
		return false;
	if (tool->printer) {
		if (!tool->printer->print(out, doc, tool->printer->opaque))
			tool->failed = true;
		return false;
	}
	if (!tool->common.json && !tool->common.pretty && isatty(fileno(out))) {
		if (!is_first)
			fputc('\n', out);
		summary_print(out, doc, report_now() - tool->begun);
		return true;
	}
	if (v2v_doc_write(out, doc, tool->common.pretty, &err) == 0)
		return true;
	tool_fail(tool, &err);
	return false;
}

static bool write_out(struct tool *tool, const json_t *doc)
{
	/* It is held for tool_handle_all(). */
	return tool->all || put_out(tool, doc, !tool->report.several);
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

/* The step's own work, and the time that it took. */
static int call_step(struct tool *tool, json_t *doc, struct v2v_error *err)
{
	if (tool->step && tool->step(tool->v2v, doc, tool->options, err) < 0)
		return -1;
	if (tool->common.times)
		times_add(
			doc, tool->spec->name, report_now() - tool->step_begun);
	return 0;
}

/* Work on a document, and hand it on or discard it. */
static void handle_here(struct tool *tool, json_t *doc)
{
	bool is_last = is_last_known(tool, doc), handed_on = false;
	struct v2v_error err = { 0 };

	if (call_step(tool, doc, &err) < 0)
		tool_fail(tool, &err);
	else
		handed_on = write_out(tool, doc);
	if (!handed_on && is_last && !tool->common.keep)
		v2v_discard(tool->v2v, doc);
}

void tool_drop(struct tool *tool, const json_t *doc)
{
	if (is_last_known(tool, doc) && !tool->common.keep)
		v2v_discard(tool->v2v, doc);
}

/* What of struct tool the parent has to know, as a number. */
enum { FAILED = 1, CALLED_WRONGLY = 2 };

struct job {
	struct tool *tool;
	json_t *doc;
};

static int results(const struct tool *tool)
{
	return (tool->failed ? FAILED : 0) |
	       (tool->called_wrongly ? CALLED_WRONGLY : 0);
}

static int handle_in_child(struct v2v *v, void *opaque)
{
	struct job *job = opaque;

	(void)v;
	handle_here(job->tool, job->doc);
	return results(job->tool);
}

/* @call on @doc, which may be an array of documents; false: it crashed. */
static bool call_confined(struct tool *tool, json_t *doc,
	int (*call)(struct v2v *v, void *opaque))
{
	struct job job = { tool, doc };
	struct v2v_error err = { 0 };
	int result = 0;

	if (confine_call(tool->v2v, tool->reach, doc, call, &job, &result,
		    &err) == 0) {
		tool->failed |= result & FAILED;
		tool->called_wrongly |= result & CALLED_WRONGLY;
		return true;
	}
	tool_fail(tool, &err);
	return false;
}

static void handle_confined(struct tool *tool, json_t *doc)
{
	if (!call_confined(tool, doc, handle_in_child))
		tool_drop(tool, doc);
}

static void handle_all_here(struct tool *tool, json_t *docs)
{
	struct v2v_error err = { 0 };
	json_t *doc;
	size_t i;

	if (tool->all(tool->v2v, docs, tool->options, &err) < 0) {
		tool_fail(tool, &err);
		return;
	}
	json_array_foreach (docs, i, doc) {
		put_out(tool, doc, i == 0);
	}
}

static int handle_all_in_child(struct v2v *v, void *opaque)
{
	struct job *job = opaque;

	(void)v;
	handle_all_here(job->tool, job->doc);
	return results(job->tool);
}

/* Did it pass without a failure? */
static bool try_all(struct tool *tool)
{
	bool failed_before = tool->failed, passed = true;

	tool->failed = false;
	if (tool->reach)
		passed = call_confined(tool, tool->held, handle_all_in_child);
	else
		handle_all_here(tool, tool->held);
	passed = passed && !tool->failed;
	tool->failed |= failed_before;
	return passed;
}

void tool_handle_all(struct tool *tool)
{
	json_t *doc;
	size_t i;

	if (!json_array_size(tool->held) || (!tool_ended_by() && try_all(tool)))
		return;
	json_array_foreach (tool->held, i, doc) {
		tool_drop(tool, doc);
	}
}

/* What is said from here on is of this machine. */
static void name_machine(struct tool *tool, const json_t *doc)
{
	const json_t *source = json_object_get(doc, "source");

	tool->report.machine =
		json_string_value(json_object_get(source, "name"));
	tool->report.several |= tool->any;
}

static void handle(struct tool *tool, json_t *doc)
{
	/* What works on files confined itself before it read the first. */
	if (tool->reach && !tool->files)
		handle_confined(tool, doc);
	else
		handle_here(tool, doc);
}

/* One that the step does not take goes no further. */
static void hold(struct tool *tool, json_t *doc)
{
	bool failed_before = tool->failed;

	tool->failed = false;
	handle(tool, doc);
	if (!tool->failed)
		json_array_append(tool->held, doc);
	tool->failed |= failed_before;
}

void tool_handle(struct tool *tool, json_t *doc)
{
	name_machine(tool, doc);
	if (tool->only_one && tool->any) {
		struct v2v_error err = { "one-disk",
			"only one machine can go there" };
		tool_fail(tool, &err);
		tool_drop(tool, doc);
		tool->report.machine = NULL;
		return;
	}
	tool->any = true;
	if (tool->all) {
		hold(tool, doc);
	} else {
		handle(tool, doc);
		tool->begun = report_now();
	}
	tool->report.machine = NULL; /* it may have been the document's own */
}
