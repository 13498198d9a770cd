/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handle's inside: callbacks, the cancel flag, the warnings of the running
 * step, and a place for the appliance that steps share (which only lib/guest
 * knows).
 */
#ifndef V2V_HANDLE_H
#define V2V_HANDLE_H

#include "core/error.h"
#include "core/fields.h"

struct v2v {
	void (*message)(const struct v2v_message *, void *);
	void *message_opaque;
	void (*progress)(const struct v2v_progress *, void *);
	void *progress_opaque;
	int cancelled; /* atomically; a signal handler sets it */
	char *tmpdir;
	char *cachedir;		   /* NULL: tmpdir */
	char *backend;		   /* the one that is asked for; NULL: any */
	const char *step;	   /* literal */
	char *machine;		   /* that it works on; NULL */
	const char *const *phases; /* of the step; NULL: it has none */
	json_t *warnings;	   /* array: those of the running step */
	/* what steps published: core/written.h */
	struct v2v_written *written;
	size_t written_count;
	void *session; /* lib/guest's appliance, or NULL */
	void (*session_free)(void *session);
	void *scans; /* what was read of its initrds, or NULL */
	void (*scans_free)(void *scans);
	/* The work directories that it made: core/workdir.h; by which process,
	 * if that shall remove them at the end, else 0. */
	struct v2v_list made;
	void (*forget_made)(struct v2v *v); /* NULL: it made none */
	pid_t discards;
};

/* End the appliance, if one runs. */
void v2v_session_end(struct v2v *v);

/* A step begins, on @doc (NULL: there is none yet): messages carry its name and
 * the machine's, no warnings are pending. */
void v2v_step_begin(struct v2v *v, const char *step, const json_t *doc);

/* What comes is of the machine @name (NULL: of none). */
void v2v_step_machine(struct v2v *v, const char *name);

/* A step succeeded: its warnings replace those it left in @doc earlier. */
void v2v_step_end(struct v2v *v, json_t *doc);

/* Tell; a warning is also kept for v2v_step_end().  @code is a literal. */
void v2v_warn(struct v2v *v, const char *code, const char *fmt, ...)
	V2V_PRINTF(3, 4);
/* Keep a warning for the document, but tell it as info: it is usual. */
void v2v_record(struct v2v *v, const char *code, const char *fmt, ...)
	V2V_PRINTF(3, 4);
void v2v_info(struct v2v *v, const char *code, const char *fmt, ...)
	V2V_PRINTF(3, 4);
void v2v_debug(struct v2v *v, const char *code, const char *fmt, ...)
	V2V_PRINTF(3, 4);

void v2v_progress(struct v2v *v, int disk, uint64_t done, uint64_t total,
	const char *unit);

/* The running step has these phases, in this order (NULL at the end; static).
 */
void v2v_set_phases(struct v2v *v, const char *const *phases);

/* @phase, one of the step's, begins; NULL: all are done.  In a step that has no
 * phases nothing happens. */
void v2v_phase(struct v2v *v, const char *phase);

bool v2v_is_cancelled(const struct v2v *v);

/* 0, or -1 and the error "cancelled" once v2v_cancel() was called. */
int v2v_check_cancel(const struct v2v *v, struct v2v_error *err);

/* Sleep so long, or until then. */
int v2v_pause(
	const struct v2v *v, unsigned milliseconds, struct v2v_error *err);
#endif
