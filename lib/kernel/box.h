/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp filter for the small kernel's process.  What that needs while it
 * runs is on a list; each other call waits for the supervisor: it goes on until
 * the box is locked, which is before the first byte of a guest is read, and
 * fails with EPERM from then on.  What nobody needs fails from the start:
 * datagram sockets (one that is open reaches any socket that has a name), new
 * namespaces, ptrace() of any process but a child.  (seccomp_unotify(2).)
 *
 * All functions are async-signal-safe but for v2v_box_is_supported().
 */
#ifndef V2V_KERNEL_BOX_H
#define V2V_KERNEL_BOX_H

#include <stdbool.h>
#include <sys/types.h>

struct v2v_box {
	int listener; /* -1: none; the caller's to close */
	bool is_locked;
	pid_t group; /* the process group that signals may go to */
	int refused; /* the number of the call that was refused last */
};

/* Can this kernel do it (Linux 5.5 and above), and for this architecture? */
bool v2v_box_is_supported(void);

/*
 * Put the calling process, and what it will start, into the box.  @alone: it
 * is in a PID namespace, and may signal whom it sees; else each signal is
 * asked for, too.  Returns the listener, close-on-exec, or -1 and errno.
 */
int v2v_box_enter(bool alone);

/* Answer the call that waits: once poll(2) found the listener readable.
 * False where there will be none any more. */
bool v2v_box_answer(struct v2v_box *box);
#endif
