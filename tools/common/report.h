/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines on standard error: messages, progress, as text or as JSON. */
#ifndef V2V_REPORT_H
#define V2V_REPORT_H

#include "v2v.h"

struct report {
	const char *name; /* "v2v-copy" */
	int verbose;	  /* 0: errors and warnings, 1: info, 2: debug */
	bool json;
	bool progress;
	bool bar_open;	     /* a progress bar is on the line */
	const char *machine; /* that is worked on; NULL: none; borrowed */
	bool several;	     /* there was another machine before */
	/* What the running progress began with, to know its speed. */
	struct v2v_progress began;
	double began_at; /* seconds of the monotonic clock */
	/* What was told last, and when. */
	struct v2v_progress told;
	double told_at;
};

/* For v2v_on_message() and v2v_on_progress(); @opaque is the struct report. */
void report_message(const struct v2v_message *message, void *opaque);
void report_progress(const struct v2v_progress *progress, void *opaque);

/* Seconds of the monotonic clock. */
double report_now(void);

/* An error, as a message. */
void report_error(struct report *report, const struct v2v_error *err);

/* A failure that is only the consequence of another step's: for a program it is
 * no error of its own, but info. */
void report_consequence(struct report *report, const struct v2v_error *err);
#endif
