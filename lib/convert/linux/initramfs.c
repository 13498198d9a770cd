/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds: what is missing is appended; nothing is built anew. */
#include "inspect/initramfs.h"
#include "convert/linux/linux.h"
#include "convert/linux/texts.h"
#include "guest/files.h"
#include "initrd/cpio.h"

#include <sys/stat.h>

/* Files of the archive that are stale once device names changed. */
#define RESUME	"conf/conf.d/resume"
#define MODULES "conf/modules"
static const char *const captured[] = { RESUME, MODULES, NULL };

/* What an archive says of devices and modules, edited; later files win. */
static int add_texts(struct v2v_linux *c, const struct v2v_initrd *scan,
	struct v2v_cpio *cpio, struct v2v_error *err)
{
	const char *resume = v2v_initrd_text(scan, RESUME);
	const char *modules = v2v_initrd_text(scan, MODULES);
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *new_resume = NULL, *new_modules = NULL;

	if (resume)
		new_resume = v2v_text_resume(resume, &c->devices, &what);
	/* initramfs-tools loads these by name, udev or not. */
	if (modules)
		new_modules = v2v_text_add_modules(
			modules, v2v_initramfs_drivers, &what);
	if (new_resume && v2v_cpio_add_text(cpio, RESUME, new_resume, err) < 0)
		return -1;
	return new_modules ? v2v_cpio_add_text(cpio, MODULES, new_modules, err)
			   : 0;
}

static int add_files(struct v2v_linux *c, const struct v2v_initramfs *plan,
	struct v2v_cpio *cpio, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_initramfs_file, file, &plan->files) {
		uint64_t size;
		CLEANUP_CLOSE int fd =
			v2v_guest_fetch(c->guest, file->from, &size, err);

		if (fd < 0 || v2v_cpio_add(cpio, file->to, fd, size, err) < 0)
			return -1;
	}
	return 0;
}

/* The archive that is to be appended, in a file of the host. */
static int build(struct v2v_linux *c, const struct v2v_initramfs *plan,
	int *ret_fd, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(c->guest, err);
	struct v2v_cpio cpio CLEANUP_CPIO = { .fd = fd };

	if (fd < 0 || add_files(c, plan, &cpio, err) < 0 ||
		add_texts(c, &plan->scan, &cpio, err) < 0 ||
		v2v_cpio_finish(&cpio, err) < 0)
		return -1;
	*ret_fd = v2v_take_fd(&fd);
	*ret_size = cpio.size;
	return 0;
}

/* The kernel looks for a next archive on a 4-byte boundary. */
static uint64_t aligned(uint64_t size)
{
	return (size + 3) / 4 * 4;
}

/* LZ4's legacy form cannot be appended to: the whole initrd is replaced. */
static int repack(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_initramfs *plan, uint64_t *ret_size,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(c->guest, err);
	struct stat st;

	if (fd < 0 ||
		v2v_initrd_repack(c->v, plan->fd, &plan->scan, fd, err) < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return v2v_fail(err, "io", "the initrd cannot be stored anew");
	*ret_size = (uint64_t)st.st_size;
	return v2v_guest_replace(c->guest, fd, kernel->initrd, err);
}

static int extend(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_initramfs *plan, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = -1;
	bool is_lz4 = strcmp(plan->scan.compression, "lz4-legacy") == 0;
	uint64_t size = plan->size, added;

	if (build(c, plan, &fd, &added, err) < 0)
		return -1;
	if (is_lz4 && repack(c, kernel, plan, &size, err) < 0)
		return -1;
	if (v2v_guest_put(c->guest, fd, kernel->initrd, aligned(size), err) < 0)
		return -1;
	v2v_linux_changed(c, kernel->initrd,
		"%svirtio drivers for %s appended, %llu bytes",
		is_lz4 ? "stored anew with gzip, " : "", kernel->version,
		(unsigned long long)added);
	return 0;
}

static int do_kernel(struct v2v_linux *c, const struct v2v_kernel *kernel,
	bool *ret_extended, struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = { .fd = -1 };
	struct v2v_modules *modules = v2v_initramfs_modules(c->guest, kernel);
	int status = v2v_initramfs_plan(
		c->v, c->guest, kernel, modules, captured, &plan, err);

	v2v_modules_free(modules);
	*ret_extended = status == 0 && plan.files.count > 0;
	return *ret_extended ? extend(c, kernel, &plan, err) : status;
}

/* So that the guest's next update of its initrd keeps the drivers. */
static int persist(struct v2v_linux *c, struct v2v_error *err)
{
	static const char debian[] = "/etc/initramfs-tools/modules";
	static const char dracut[] = "/etc/dracut.conf.d/50-v2v-virtio.conf";
	CLEANUP_FREE char *text = NULL, *edited = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };

	if (v2v_guest_read(c->guest, debian, &text, err) < 0)
		return -1;
	if (text)
		edited = v2v_text_add_modules(
			text, v2v_initramfs_drivers, &what);
	if (edited) {
		if (v2v_guest_write(c->guest, debian, edited, err) < 0)
			return -1;
		v2v_linux_changed(c, debian, "%s", what.data);
	}
	if (!v2v_guest_is_dir(c->guest, "/etc/dracut.conf.d") ||
		v2v_guest_is_file(c->guest, dracut))
		return 0;
	if (v2v_guest_write(c->guest, dracut,
		    "add_drivers+=\" virtio_pci virtio_blk virtio_scsi "
		    "sd_mod \"\n",
		    err) < 0)
		return -1;
	v2v_linux_changed(c, dracut, "new: dracut adds the virtio drivers");
	return 0;
}

int v2v_linux_initramfs(struct v2v_linux *c, struct v2v_error *err)
{
	bool any = false;

	v2v_list_foreach (
		const struct v2v_kernel, kernel, &c->inspect->kernels) {
		bool extended = false;

		/* 0: it has all; -1: told by the inspection, and a blocker
		 * where it is the default kernel's. */
		if (!kernel->initrd || kernel->initrd_needs <= 0)
			continue;
		if (do_kernel(c, kernel, &extended, err) < 0)
			return -1;
		any |= extended && kernel->is_default;
	}
	if (c->inspect->kernels.count &&
		v2v_items(struct v2v_kernel, &c->inspect->kernels)[0].initrd)
		c->caps->initrd = v2v_strdup(any ? "extended" : "kept");
	return persist(c, err);
}
