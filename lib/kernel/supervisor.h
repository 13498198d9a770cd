/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process between us and the small kernel's: it starts that in namespaces of
 * its own where this machine allows it, without capabilities, and in a box
 * (kernel/box.h) if asked to; it answers the box, keeps the end of what the
 * console says, and when it ends, or we do, nothing of the kernel is left.  It
 * is a copy of the caller, which never comes back from here; so it needs no
 * thread.
 */
#ifndef V2V_KERNEL_SUPERVISOR_H
#define V2V_KERNEL_SUPERVISOR_H

#include "core/handle.h"

struct v2v_supervisor;

/* Behind standard input, output and error. */
#define V2V_SUPERVISED_FILE 3

struct v2v_supervised {
	const char *const *argv; /* [0] is a path; NULL at the end */
	const char *const *environment;
	const char *directory; /* to run in */
	int file;	     /* handed to it as V2V_SUPERVISED_FILE; -1: none */
	int landlock;	     /* a ruleset (confine/landlock.h); -1: none */
	uint64_t max_file;   /* bytes: the longest file that it may make */
	uint64_t max_memory; /* bytes of addresses; 0: no matter */
	bool is_boxed;
	bool no_namespaces; /* as where there are none: for tests */
};

/* What is lent is needed during the call only. */
int v2v_supervisor_start(const struct v2v_supervised *what,
	struct v2v_supervisor **ret_supervisor, struct v2v_error *err);

/* From now on the box refuses what is not on its list; returns when it is so.
 * Costs nothing when it was called before.  Fails where the process ended. */
int v2v_supervisor_lock(struct v2v_supervisor *s, struct v2v_error *err);

/* Does the process run? */
bool v2v_supervisor_is_alive(struct v2v_supervisor *s);

/* The status of waitpid(2) with which it ended; 0 while it runs, SIGKILL where
 * nobody could say it. */
int v2v_supervisor_status(struct v2v_supervisor *s);

/* Its number, as this process sees it; 0 where that is not known (yet).  For
 * messages and tests. */
pid_t v2v_supervisor_pid(const struct v2v_supervisor *s);

/* What the console has said since the last call, the caller's: the end of it
 * where it was much.  Any bytes but NUL, which is left out: what is behind one
 * counts, too. */
char *v2v_supervisor_console(struct v2v_supervisor *s);
#define V2V_SUPERVISOR_CONSOLE (16 << 10)

/* End all, and wait until there is none left; takes NULL. */
void v2v_supervisor_free(struct v2v_supervisor *s);
#endif
