/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A limit of the rate. */
#include "copy/pace.h"

double v2v_pace_take(struct v2v_pace *pace, double now, uint64_t bytes)
{
	double wait;

	if (!pace->rate)
		return 0;
	if (pace->next < now)
		pace->next = now;
	wait = pace->next - now;
	pace->next += (double)bytes / (double)pace->rate;
	return wait;
}

struct timespec v2v_pace_after(double seconds, double *ret_now)
{
	struct timespec at;
	double until;

	clock_gettime(CLOCK_MONOTONIC, &at);
	*ret_now = (double)at.tv_sec + (double)at.tv_nsec / 1e9;
	until = *ret_now + seconds;
	at.tv_sec = (time_t)until;
	at.tv_nsec = (long)((until - (double)at.tv_sec) * 1e9);
	return at;
}
