/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads that wait for each other share a processor. */
#include "kernel/turns.h"

void v2v_turns_begin(struct v2v_turns *turns, int cpu)
{
	cpu_set_t one;

	*turns = (struct v2v_turns){ .is_bound = false };
	if (cpu < 0 || cpu >= CPU_SETSIZE ||
		sched_getaffinity(0, sizeof turns->before, &turns->before) < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	turns->is_bound = sched_setaffinity(0, sizeof one, &one) == 0;
}

void v2v_turns_end(const struct v2v_turns *turns)
{
	if (turns->is_bound)
		sched_setaffinity(0, sizeof turns->before, &turns->before);
}
