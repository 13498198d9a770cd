/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a target still hold what a record says that it does? */
#ifndef V2V_COPY_RECHECK_H
#define V2V_COPY_RECHECK_H

#include "copy/ranges.h"
#include "copy/sink.h"
#include "disk/reader.h"

/* Compare some MiB of what is in @done, the first and the last among them, with
 * the source; "resume-restart" where they differ. */
int v2v_recheck(struct v2v_reader *reader, struct v2v_sink *sink,
	const struct v2v_ranges *done, struct v2v_error *err);

/* Is what the target begins with zeros, or the source's: maybe not all of it
 * was written? */
int v2v_recheck_start(struct v2v_reader *reader, struct v2v_sink *sink,
	uint64_t size, struct v2v_error *err);
#endif
