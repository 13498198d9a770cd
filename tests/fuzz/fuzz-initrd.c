/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An initramfs of a guest, read as v2v-inspect and v2v-convert do. */
#include "scratch.h"

#include "initrd/extend.h"
#include "initrd/initrd.h"
#include "initrd/loading.h"
#include "initrd/pe.h"

#include <sys/mman.h>

static const char dep[] = "kernel/a/virtio_pci.ko: kernel/a/virtio.ko\n"
			  "kernel/a/virtio.ko:\nkernel/b/virtio_blk.ko:\n";

static int fetch(const char *path, uint64_t *ret_size, void *opaque,
	struct v2v_error *err)
{
	(void)path;
	(void)opaque;
	(void)err;
	*ret_size = 0;
	return memfd_create("fuzz", MFD_CLOEXEC);
}

static int scratch(void *opaque, struct v2v_error *err)
{
	(void)opaque;
	(void)err;
	return memfd_create("fuzz", MFD_CLOEXEC);
}

/* Its texts are edited, its modules listed. */
static void extend(const struct v2v_initrd *initrd)
{
	static const char *const drivers[] = { "virtio_pci", "virtio_blk",
		NULL };
	CLEANUP_CLOSE int out = memfd_create("fuzz", MFD_CLOEXEC);
	struct v2v_cpio cpio CLEANUP_CPIO = { .fd = out };
	struct v2v_modules *modules = v2v_modules_new(dep, NULL, NULL);
	const struct v2v_extend e = { .v = fuzz_handle(),
		.scan = initrd,
		.modules = modules,
		.aliases = "alias pci:v1AF4* virtio_pci\n",
		.drivers = drivers,
		.fetch = fetch,
		.scratch = scratch };
	struct v2v_error err = { 0 };

	if (v2v_loading_is_known(initrd) && v2v_extend_is_needed(&e))
		v2v_extend_write(&e, NULL, &cpio, &err);
	v2v_modules_free(modules);
}

/* As convert does with what it cannot append to. */
static void repack(int fd, const struct v2v_initrd *initrd)
{
	CLEANUP_CLOSE int out = memfd_create("fuzz", MFD_CLOEXEC);
	struct v2v_error err = { 0 };

	v2v_initrd_repack(fuzz_handle(), fd, initrd, NULL, out, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	int fd = fuzz_fd(data, size);
	CLEANUP_CLOSE int section = memfd_create("fuzz", MFD_CLOEXEC);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };
	uint64_t bytes = size;

	/* A unified kernel image. */
	if (v2v_pe_extract(fd, ".initrd", section, &bytes, &err) == 0)
		fd = section;
	err = (struct v2v_error){ 0 };
	if (v2v_initrd_scan(fuzz_handle(), fd, bytes, "6.1.0-test",
		    v2v_loading_files, &initrd, &err) < 0)
		return 0;
	v2v_initrd_has_module(&initrd, "virtio_blk");
	extend(&initrd);
	if (strcmp(initrd.compression, "lz4-legacy") == 0)
		repack(fd, &initrd);
	return 0;
}
