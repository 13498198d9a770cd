/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel modules by their metadata. */
#include "cases.h"

#include "initrd/modules.h"

static const char dep[] =
	"kernel/drivers/virtio/virtio.ko:\n"
	"kernel/drivers/virtio/virtio_ring.ko: "
	"kernel/drivers/virtio/virtio.ko\n"
	"kernel/drivers/virtio/virtio_pci.ko.xz: "
	"kernel/drivers/virtio/virtio_pci_modern_dev.ko.xz "
	"kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko\n"
	"kernel/drivers/virtio/virtio_pci_modern_dev.ko.xz:\n"
	"kernel/drivers/block/virtio-blk.ko.zst: "
	"kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko\n"
	"kernel/a.ko: kernel/b.ko\nkernel/b.ko: kernel/a.ko\n"
	"README:\n";

static const char *joined(const struct v2v_list *paths)
{
	static struct v2v_text text;

	text.length = 0;
	v2v_text_add(&text, "", 0);
	v2v_list_foreach (char *, path, paths)
		v2v_text_addf(&text, "%s ", *path);
	return text.data;
}

static void clear(struct v2v_list *paths)
{
	v2v_list_foreach (char *, path, paths)
		free(*path);
	free(paths->items);
	*paths = (struct v2v_list){ 0 };
}

static void test_closure(const struct v2v_modules *m)
{
	struct v2v_list paths = { 0 };

	v2v_modules_closure(m, "virtio_pci", &paths);
	v2v_modules_closure(m, "virtio_blk", &paths);
	v2v_modules_closure(m, "no_such", &paths);
	same("closure", joined(&paths),
		"kernel/drivers/virtio/virtio.ko "
		"kernel/drivers/virtio/virtio_ring.ko "
		"kernel/drivers/virtio/virtio_pci_modern_dev.ko.xz "
		"kernel/drivers/virtio/virtio_pci.ko.xz "
		"kernel/drivers/block/virtio-blk.ko.zst ");
	clear(&paths);
	v2v_modules_closure(m, "a", &paths);
	assert(paths.count == 2);
	clear(&paths);
}

static void test_old_forms(void)
{
	struct v2v_modules *m =
		v2v_modules_new("/lib/modules/2.6.18/kernel/x.ko: \\\n"
				"\t/lib/modules/2.6.18/kernel/y.ko \\\n"
				"\t/lib/modules/2.6.18/kernel/z.ko\n",
			NULL, NULL);
	struct v2v_list paths = { 0 };

	same("path", v2v_modules_path(m, "x"), "kernel/x.ko");
	v2v_modules_closure(m, "x", &paths);
	same("old", joined(&paths), "kernel/z.ko kernel/y.ko kernel/x.ko ");
	clear(&paths);
	v2v_modules_free(m);
}

static void test_builtin(void)
{
	struct v2v_modules *m = v2v_modules_new(dep,
		"kernel/drivers/scsi/sd_mod.ko\nkernel/fs/ext4/ext4.ko\n",
		"# x\nCONFIG_SCSI_VIRTIO=y\nCONFIG_HW_RANDOM_VIRTIO=m\n"
		"# CONFIG_VIRTIO_VSOCKETS is not set\n");

	assert(v2v_modules_count(m) == 7);
	assert(v2v_modules_is_builtin(m, "sd_mod"));
	assert(v2v_modules_is_builtin(m, "virtio_scsi"));
	assert(v2v_modules_has(m, "virtio-blk"));
	assert(!v2v_modules_is_builtin(m, "virtio_blk"));
	assert(v2v_modules_is_builtin(m, "sd-mod"));
	assert(v2v_modules_is_builtin(m, "virtio-scsi"));
	/* =m without the file is not a driver */
	assert(!v2v_modules_has(m, "virtio_rng"));
	assert(!v2v_modules_has(m, "vmw_vsock_virtio_transport"));
	test_closure(m);
	v2v_modules_free(m);
}

/* What is needed but built in has no file to take along. */
static void test_closure_builtin(void)
{
	struct v2v_modules *m = v2v_modules_new(
		"kernel/a.ko: kernel/b-c.ko kernel/d.ko\nkernel/d.ko:\n",
		"kernel/b-c.ko\n", NULL);
	struct v2v_list paths = { 0 };

	v2v_modules_closure(m, "a", &paths);
	same("builtin", joined(&paths), "kernel/d.ko kernel/a.ko ");
	clear(&paths);
	v2v_modules_closure(m, "b-c", &paths);
	assert(paths.count == 0);
	v2v_modules_free(m);
}

static void test_nothing(void)
{
	struct v2v_modules *m = v2v_modules_new(NULL, NULL, NULL);

	assert(v2v_modules_count(m) == 0 && !v2v_modules_has(m, "x"));
	v2v_modules_free(m);
	m = v2v_modules_new(NULL, NULL, "CONFIG_VIRTIO_BLK=m\n");
	assert(v2v_modules_has(m, "virtio_blk"));
	assert(v2v_modules_has(m, "virtio-blk"));
	v2v_modules_free(m);
}

int main(void)
{
	test_builtin();
	test_old_forms();
	test_closure_builtin();
	test_nothing();
	return 0;
}
