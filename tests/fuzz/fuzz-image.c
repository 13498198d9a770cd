/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers and tables of disk images, found by the magic and as stated. */
#include "scratch.h"

#include "image/headers.h"
#include "image/image.h"

static void check(const char *file, const char *format, bool backing_chain)
{
	struct v2v_error err = { 0 };
	struct v2v_image image;

	v2v_image_check(file, -1, -1, format, backing_chain, &image, &err);
}

/* As a member of an OVA. */
static void check_slice(const char *file, int64_t offset, int64_t size)
{
	struct v2v_error err = { 0 };
	struct v2v_image image;

	v2v_image_check(file, offset, size, NULL, false, &image, &err);
}

static void check_tables(const char *file, const char *format)
{
	struct v2v_error err = { 0 };

	v2v_image_check_tables(file, -1, -1, format, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	static const char *const formats[] = { NULL, "vmdk", "qcow2", "vhd",
		"vhdx", "vdi" };
	const char *file = fuzz_file(data, size);

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		check(file, formats[i], false);
	check(file, "qcow2", true);
	check_slice(file, 512, (int64_t)size - 512);
	check_tables(file, "vmdk");
	check_tables(file, "qcow2");
	return 0;
}
