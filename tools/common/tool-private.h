/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tool.c and its neighbours share. */
#ifndef V2V_TOOL_PRIVATE_H
#define V2V_TOOL_PRIVATE_H

#include "common/options.h"
#include "common/report.h"
#include "common/sink.h"
#include "common/tool.h"

struct tool {
	const struct tool_spec *spec;
	struct tool_options common;
	void *options;
	struct report report;
	struct v2v *v2v;
	char **files; /* owned */
	const struct v2v_unpack_options *unpack;
	const struct tool_reach *reach;	    /* NULL: not confined */
	const struct tool_printer *printer; /* NULL: documents; borrowed */
	int (*step)(struct v2v *, json_t *, const void *, struct v2v_error *);
	/* NULL: documents are handed on one by one */
	int (*all)(struct v2v *, json_t *, const void *, struct v2v_error *);
	json_t *held; /* array: what @all gets; owned */
	struct sink sink;
	/* When we began, or were done with the document before, so that the
	 * last step has the time of the whole pipeline; seconds, monotonic
	 * clock. */
	double begun;
	/* When the step on this document began, its input there. */
	double step_begun;
	bool has_stdout; /* it was not closed when we began */
	bool only_one;	 /* a second document has no place to go */
	bool failed, called_wrongly, any;
};

/* Signals cancel @v from now on; NULL: nothing. */
void tool_catch_signals(struct v2v *v);
/* The signal that ended the tool, after which nothing more is begun; 0: none.
 */
int tool_ended_by(void);
/* While a document is read a signal leaves it a second to come whole. */
void tool_signals_reading(bool on);

/* Tell why; the exit status follows. */
void tool_fail(struct tool *tool, const struct v2v_error *err);

/* Work on a document, and hand it on or discard it. */
void tool_handle(struct tool *tool, json_t *doc);
/* Work on those that were held, and hand them on or discard them. */
void tool_handle_all(struct tool *tool);
/* It goes no further: its work directory is removed, unless somebody may still
 * read the document. */
void tool_drop(struct tool *tool, const json_t *doc);

/* Each OVA of the files is a machine of its own; all images together are one.
 */
void tool_run_files(struct tool *tool);
#endif
