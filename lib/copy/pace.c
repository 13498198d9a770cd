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
