/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For a foreign library that parses untrusted data: a call in a child
 * that can open no file of the user's, has none of our descriptors but two, and
 * is ended when it takes too much memory or time.
 */
#ifndef V2V_CONFINE_ALONE_H
#define V2V_CONFINE_ALONE_H

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Call @call in a child, with the file @in, which it reads, by its name below
 * /proc/self/fd too, and the empty file @out, which it writes: no more than 32
 * MiB.  The child has 1 GiB of memory and 60 seconds of a processor.  Returns 0
 * (what it prints is lost) where it came to its end, -1 where it crashed, was
 * ended, or could not be confined.
 */
int v2v_alone(void (*call)(int in, int out, void *opaque), int in, int out,
	void *opaque, struct v2v_error *err);

/* For what needs more, or changes its file. */
struct v2v_alone_limits {
	uint64_t memory, file; /* bytes: of memory, of the largest file that is
				  written */
	unsigned seconds;      /* of a processor */
	bool writes;	       /* @in is written, too */
};
int v2v_alone_within(const struct v2v_alone_limits *limits,
	void (*call)(int in, int out, void *opaque), int in, int out,
	void *opaque, struct v2v_error *err);
#endif
