/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An initramfs of a guest, read as v2v-inspect and v2v-convert do. */
#include "scratch.h"

#include "initrd/initrd.h"

#include <sys/mman.h>

static const char *const capture[] = { "conf/modules", "conf/conf.d/resume",
	NULL };

/* As convert does with what it cannot append to. */
static void repack(int fd, const struct v2v_initrd *initrd)
{
	CLEANUP_CLOSE int out = memfd_create("fuzz", MFD_CLOEXEC);
	struct v2v_error err = { 0 };

	v2v_initrd_repack(fuzz_handle(), fd, initrd, out, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	int fd = fuzz_fd(data, size);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };

	if (v2v_initrd_scan(fuzz_handle(), fd, size, capture, &initrd, &err) <
		0)
		return 0;
	v2v_initrd_has_module(&initrd, "virtio_blk");
	v2v_initrd_text(&initrd, capture[0]);
	if (strcmp(initrd.compression, "lz4-legacy") == 0)
		repack(fd, &initrd);
	return 0;
}
