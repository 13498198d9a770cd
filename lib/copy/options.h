/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a copy, looked at together. */
#ifndef V2V_COPY_OPTIONS_H
#define V2V_COPY_OPTIONS_H

#include "copy/sink.h"
#include "v2v.h"

enum v2v_out_kind {
	V2V_OUT_DIRECTORY, /* files that get their names at the end */
	V2V_OUT_DEVICE,
	V2V_OUT_NBD,
	V2V_OUT_STREAM, /* opt->out_fd */
};

struct v2v_copy_choice {
	enum v2v_out_kind kind;
	const char *format;  /* literal */
	const char *packing; /* "zlib" "zstd"; NULL: not compressed */
	enum v2v_preallocation preallocation;
	unsigned threads, jobs; /* jobs 0: all disks */
	bool resumes; /* a copy that broke can be gone on with, and shall be */
};

/* Fails where an option is not known, or two do not go together. */
int v2v_copy_choose(const struct v2v_copy_options *opt,
	struct v2v_copy_choice *ret_choice, struct v2v_error *err);
#endif
