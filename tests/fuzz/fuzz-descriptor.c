/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors of VMDKs: embedded, and as files of their own with the names of
 * their extents. */
#include "scratch.h"

#include "image/descriptor.h"
#include "unpack/extents.h"

/* It is no longer than its text, in which there are no NULs. */
static void check_embedded(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = v2v_strndup((const char *)data, size);
	struct v2v_error err = { 0 };
	const char *subformat;

	v2v_vmdk_check_descriptor(text, "x.vmdk", &subformat, &err);
	v2v_vmdk_described_size(text);
}

static void check_alone(struct v2v *v, const char *text, size_t size)
{
	struct v2v_extents extents CLEANUP_EXTENTS = { { 0 }, NULL, 0 };
	struct v2v_error err = { 0 };

	v2v_extents_read(v, "x.vmdk", text, size, &extents, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };
	struct v2v *v = v2v_new();

	v2v_vmdk_descriptor_read((const char *)data, size, &d);
	v2v_vmdk_descriptor_is_one(&d);
	check_embedded(data, size);
	check_alone(v, (const char *)data, size);
	v2v_free(v);
	return 0;
}
