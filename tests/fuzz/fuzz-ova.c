/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-unpack: any container, found by its content. */
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	const char *files[] = { fuzz_file(data, size), NULL };
	struct v2v_error err = { 0 };
	json_t *docs = NULL;

	if (v2v_unpack(fuzz_handle(), files, NULL, &docs, &err) == 0)
		json_decref(docs);
	fuzz_empty_tmpdir();
	return 0;
}
