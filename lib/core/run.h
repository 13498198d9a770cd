/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Start another program from an argv (never through a shell) and wait for it.
 * The child dies with us (PR_SET_PDEATHSIG) and when the handle is cancelled.
 */
#ifndef V2V_RUN_H
#define V2V_RUN_H

#include "core/handle.h"

struct v2v_run {
	const char *const *argv; /* NULL at the end; [0] is looked up in PATH */
	/* Called with each piece of stdout that '\n' or '\r' ends; or NULL. */
	void (*line)(const char *line, void *opaque);
	void *opaque;
	char **ret_output; /* all of stdout, the caller's to free; or NULL */
};

/* The most of a child's stdout that ret_output takes: more is an error. */
#define V2V_RUN_MAX_OUTPUT (64 << 20)

/* A child that goes on; the ends of its stdout and stderr are the caller's to
 * close, and the caller ends it. */
struct v2v_child {
	pid_t pid; /* -1: none */
	int out, err;
};

/* The number under which a child has the file that it is handed. */
#define V2V_CHILD_FD 3

/*
 * Start it; after -1 what was opened is still v2v_child_end()'s to close.  One
 * that @only_reads can write no file, whatever an image makes of it; it may
 * take the time and memory that a real image takes.  @file: an open file that
 * it is handed, as V2V_CHILD_FD; -1: none.
 */
int v2v_child_start(const char *const *argv, bool only_reads, int file,
	struct v2v_child *child, struct v2v_error *err);
/* Kill it, wait for it, close its pipes. */
void v2v_child_end(struct v2v_child *child);

/* 0 where the child exits with 0; else -1 with the first line of its stderr. */
int v2v_run(struct v2v *v, const struct v2v_run *run, struct v2v_error *err);
#endif
