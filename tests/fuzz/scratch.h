/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a fuzzer keeps files: a directory in memory, of this run alone. */
#ifndef V2V_FUZZ_SCRATCH_H
#define V2V_FUZZ_SCRATCH_H

#include "core/handle.h"

/* What a fuzzer is: one input, without printing, everything freed; 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The directory: $V2V_FUZZ_DIR, the caller's to remove; else one in /dev/shm
 * that goes at exit. */
const char *fuzz_dir(void);

/* A handle, made once, whose temporary files lie in "tmp" of that directory. */
struct v2v *fuzz_handle(void);

/* Remove what a step left in "tmp". */
void fuzz_empty_tmpdir(void);

/* The library prints nothing: a local of this ends the process where its scope
 * wrote to stdout or stderr, if they are files, as in run.sh. */
struct fuzz_quiet {
	off_t out, err;
};
struct fuzz_quiet fuzz_quiet(void);
void fuzz_check_quiet(const struct fuzz_quiet *before);
#define CLEANUP_QUIET __attribute__((unused, cleanup(fuzz_check_quiet)))

/* The data as a file: its name, the same in each run. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* The same as a descriptor; not to be closed. */
int fuzz_fd(const uint8_t *data, size_t size);
#endif
