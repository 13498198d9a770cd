/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* So many bytes a second, and no more: for those who share a network or a
 * storage with what runs there. */
#ifndef V2V_COPY_PACE_H
#define V2V_COPY_PACE_H

#include <stdint.h>
#include <time.h>

struct v2v_pace {
	uint64_t rate; /* bytes a second; 0: as many as there are */
	double next;   /* when the next bytes may go; seconds, as @now below */
};

/* Seconds to wait at @now before @bytes are moved.  Time in which nothing was
 * moved is not made up for. */
double v2v_pace_take(struct v2v_pace *pace, double now, uint64_t bytes);

/* So many seconds from now, on the clock that only goes forward; *@ret_now is
 * what it says. */
struct timespec v2v_pace_after(double seconds, double *ret_now);
#endif
