/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the documents go: standard output, or a file that appears when all are
 * written (what is not a regular file, such as a pipe, is there before). */
#ifndef V2V_TOOL_SINK_H
#define V2V_TOOL_SINK_H

#include "v2v.h"

struct sink {
	FILE *out;	  /* NULL: nowhere */
	const char *path; /* NULL: no file; borrowed */
	char *temp;	  /* its name until then; owned */
	bool force;	  /* replace a file that exists */
};

/* Begin the file, where one is wanted; standard output is open. */
int sink_open(struct sink *sink, struct v2v_error *err);

/* Close it and standard output; the file is kept where @keep. */
int sink_close(struct sink *sink, bool keep, struct v2v_error *err);
#endif
