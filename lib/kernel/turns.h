/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * User-mode Linux and whoever asks it take turns: one waits while the other
 * works, and so do the kernel and its own processes, some thousand times for a
 * guest.  On one processor a turn costs a switch; on two it wakes the other one
 * up, which a virtual machine pays for with exits.
 */
#ifndef V2V_KERNEL_TURNS_H
#define V2V_KERNEL_TURNS_H

#include <sched.h>
#include <stdbool.h>

/* What the calling thread may run on otherwise. */
struct v2v_turns {
	cpu_set_t before;
	bool is_bound;
};

/* The calling thread, and whom it starts, stay on @cpu until v2v_turns_end();
 * nothing happens where that is not allowed, or @cpu is -1. */
void v2v_turns_begin(struct v2v_turns *turns, int cpu);
void v2v_turns_end(const struct v2v_turns *turns);
#endif
