/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of an OVA's manifest. */
#include "scratch.h"

#include "unpack/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };

	v2v_manifest_parse((const char *)data, size, &lines);
	return 0;
}
