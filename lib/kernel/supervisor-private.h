/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the supervisor's process and ours both know. */
#ifndef V2V_KERNEL_SUPERVISOR_PRIVATE_H
#define V2V_KERNEL_SUPERVISOR_PRIVATE_H

#include "kernel/supervisor.h"

/* In memory that both see; written by the supervisor alone. */
struct v2v_supervisor_news {
	int is_ended; /* atomically; then @status counts */
	int status;
	uint64_t console_length; /* of all that was ever said; atomically */
	char console[V2V_SUPERVISOR_CONSOLE];
};

/* Requests on the control socket, one byte; each is answered by the same. */
#define V2V_SUPERVISOR_LOCK 'L'

struct v2v_supervisor_plan {
	const struct v2v_supervised *what;
	struct v2v_supervisor_news *news;
	int control;   /* the supervisor's end */
	bool is_alone; /* in a PID namespace, as its first process */
};

/* The supervisor's whole life: async-signal-safe calls only. */
_Noreturn void v2v_supervise(const struct v2v_supervisor_plan *plan);

/* No capabilities, nor a way to get any; false where one is left. */
bool v2v_drop_capabilities(void);

/*
 * Become what is asked for, in a new process: the console is its output, the
 * box's listener is sent to @listener_to, @file is handed on (-1: none).
 * Async-signal-safe calls only.
 */
_Noreturn void v2v_supervised_become(const struct v2v_supervisor_plan *plan,
	int console, int listener_to, int file);

/* The same file as @from, with the number @to, which exec() closes. */
bool v2v_move_fd(int from, int to);
#endif
