/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of OVF, with and without --configuration. */
#include "scratch.h"

#include "unpack/ovf.h"

/* A byte that cannot begin XML, if it comes first, chooses. */
static const char *const configurations[] = { "", "small", "medium", "large" };
#define CONFIGURATIONS ARRAY_SIZE(configurations)

static void read_ovf(const char *text, size_t size, const char *configuration)
{
	struct v2v_descriptor ovf CLEANUP_DESCRIPTOR = { 0 };
	struct v2v_error err = { 0 };
	struct v2v_descriptor_choice choice = { configuration, NULL, NULL };

	v2v_descriptor_read(
		fuzz_handle(), text, size, &choice, "fallback", &ovf, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	const char *configuration = NULL;

	if (size && data[0] < CONFIGURATIONS) {
		configuration = configurations[data[0]];
		data++;
		size--;
	}
	v2v_step_begin(fuzz_handle(), "unpack");
	read_ovf((const char *)data, size, configuration);
	return 0;
}
