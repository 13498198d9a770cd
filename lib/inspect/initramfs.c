/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initrd lacks. */
#include "inspect/initramfs.h"

#include "guest/files.h"
#include "initrd/cpio.h"
#include "initrd/extend.h"
#include "initrd/loading.h"
#include "initrd/pe.h"

#define ALIGNMENT 4
#define MAX_FILES 40

void v2v_initramfs_clear(struct v2v_initramfs *initramfs)
{
	v2v_cleanup_close(&initramfs->fd);
	v2v_cleanup_close(&initramfs->added_fd);
	v2v_initrd_clear(&initramfs->scan);
	*initramfs = V2V_INITRAMFS_NONE;
}

static char *read_beneath(
	struct v2v_guest *guest, const char *dir, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);

	return v2v_guest_text(guest, path);
}

struct v2v_modules *v2v_initramfs_modules(
	struct v2v_guest *guest, const struct v2v_kernel *kernel)
{
	CLEANUP_FREE char *dep = NULL, *builtin = NULL, *config = NULL;

	if (kernel->modpath) {
		dep = read_beneath(guest, kernel->modpath, "modules.dep");
		builtin =
			read_beneath(guest, kernel->modpath, "modules.builtin");
	}
	if (kernel->config)
		config = v2v_guest_text(guest, kernel->config);
	return v2v_modules_new(dep, builtin, config);
}

const char *const *v2v_initramfs_drivers(
	const struct v2v_modules *m, const char *bus)
{
	static const char *const virtio[] = { "virtio_pci", "virtio_blk",
		"virtio_scsi", "sd_mod", NULL };
	static const char *const ahci[] = { "ahci", "sd_mod", NULL };

	if (!v2v_streq(bus, "sata") && v2v_modules_has(m, "virtio_pci") &&
		(v2v_modules_has(m, "virtio_blk") ||
			v2v_modules_has(m, "virtio_scsi")))
		return virtio;
	return v2v_modules_has(m, "ahci") ? ahci : NULL;
}

/* An initrd that brings up a network needs the card's driver for its root. */
static const char *const *with_network(const char *const *drivers)
{
	static const char *const virtio[] = { "virtio_pci", "virtio_blk",
		"virtio_scsi", "sd_mod", "virtio_net", NULL };

	return drivers && strcmp(*drivers, *virtio) == 0 ? virtio : drivers;
}

const char *const v2v_initramfs_stale[] = { "conf/conf.d/resume",
	"etc/mdadm/mdadm.conf", "etc/mdadm.conf", "cryptroot/crypttab",
	"etc/crypttab", "etc/fstab", "etc/lvm/lvm.conf",
	"etc/lvm/devices/system.devices", "etc/cmdline.d/95root-dev.conf",
	"etc/cmdline.d/95root-device.conf", "etc/cmdline.d/95resume.conf",
	"etc/cmdline.d/20-root-dev.conf", "etc/cmdline.d/20-resume.conf",
	"etc/systemd/network/", "etc/udev/rules.d/", NULL };

/* What the scan keeps: lists of modules, and texts that name devices. */
static const char *const *captured(const char *files[MAX_FILES])
{
	size_t n = 0;

	for (const char *const *s = v2v_initramfs_stale; *s; s++)
		files[n++] = *s;
	for (const char *const *s = v2v_loading_files; *s && n + 1 < MAX_FILES;
		s++)
		files[n++] = *s;
	files[n] = NULL;
	return files;
}

static const char *release_of(const struct v2v_kernel *kernel)
{
	const char *slash =
		kernel->modpath ? strrchr(kernel->modpath, '/') : NULL;

	return slash ? slash + 1 : kernel->version;
}

struct source {
	struct v2v_guest *guest;
	const struct v2v_kernel *kernel;
};

static int fetch(const char *path, uint64_t *ret_size, void *opaque,
	struct v2v_error *err)
{
	const struct source *source = opaque;
	CLEANUP_FREE char *name =
		v2v_format("%s/%s", source->kernel->modpath, path);

	return v2v_guest_fetch(source->guest, name, ret_size, err);
}

static int scratch(void *opaque, struct v2v_error *err)
{
	const struct source *source = opaque;

	return v2v_guest_scratch(source->guest, err);
}

static int check_known(const struct v2v_initramfs *plan, struct v2v_error *err)
{
	if (!plan->is_needed || v2v_loading_is_known(&plan->scan))
		return 0;
	return v2v_fail(err, "initrd-unreadable",
		plan->scan.is_shell
			? "keeps its modules in an image inside"
			: "is of an unknown kind: what loads drivers in it "
			  "cannot be told");
}

/* A copy of the initrd, which may be a section of the kernel's image. */
static int fetch_initrd(struct v2v_guest *guest,
	const struct v2v_kernel *kernel, uint64_t *ret_size,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int image = -1, section = -1;

	if (kernel->initrd)
		return v2v_guest_fetch(guest, kernel->initrd, ret_size, err);
	image = v2v_guest_fetch(guest, kernel->vmlinuz, ret_size, err);
	if (image < 0)
		return -1;
	section = v2v_guest_scratch(guest, err);
	if (section < 0)
		return -1;
	if (v2v_pe_extract(image, ".initrd", section, ret_size, err) < 0)
		return v2v_fail_prefix(err, "'%s'", kernel->vmlinuz);
	return v2v_take_fd(&section);
}

const char *v2v_initramfs_lacks(const struct v2v_initrd *scan,
	const struct v2v_modules *modules, const char *bus)
{
	static const struct {
		const char *bus, *drivers[4];
	} needed[] = {
		{ "virtio-blk", { "virtio_pci", "virtio_blk" } },
		{ "virtio-scsi", { "virtio_pci", "virtio_scsi", "sd_mod" } },
		{ "sata", { "ahci", "sd_mod" } },
	};

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
		for (const char *const *name = needed[i].drivers;
			*name && v2v_streq(bus, needed[i].bus); name++)
			if (!v2v_initrd_has_module(scan, *name) &&
				!v2v_modules_is_builtin(modules, *name))
				return *name;
	return NULL;
}

int v2v_initramfs_plan(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *bus, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = V2V_INITRAMFS_NONE;
	struct v2v_extend extend = { .scan = &plan.scan, .modules = modules };
	const char *name = kernel->initrd ? kernel->initrd : kernel->vmlinuz;
	const char *files[MAX_FILES];

	plan.fd = fetch_initrd(guest, kernel, &plan.size, err);
	if (plan.fd < 0)
		return -1;
	if (v2v_initrd_scan(v, plan.fd, plan.size, release_of(kernel),
		    captured(files), &plan.scan, err) < 0)
		return v2v_fail_prefix(err, "'%s'", name);
	plan.drivers = v2v_initramfs_drivers(modules, bus);
	if (plan.scan.brings_network)
		plan.drivers = with_network(plan.drivers);
	extend.drivers = plan.drivers;
	plan.is_needed = plan.drivers && v2v_extend_is_needed(&extend);
	if (check_known(&plan, err) < 0)
		return v2v_fail_prefix(err, "'%s'", name);
	*ret_initramfs = plan;
	plan = V2V_INITRAMFS_NONE;
	return 0;
}

int v2v_initramfs_build(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const struct v2v_list *texts, struct v2v_initramfs *plan,
	struct v2v_error *err)
{
	struct source source = { guest, kernel };
	CLEANUP_FREE char *aliases =
		kernel->modpath
			? read_beneath(guest, kernel->modpath, "modules.alias")
			: NULL;
	const struct v2v_extend extend = { .v = v,
		.scan = &plan->scan,
		.modules = modules,
		.aliases = aliases,
		.drivers = plan->drivers,
		.fetch = fetch,
		.scratch = scratch,
		.opaque = &source };
	struct v2v_cpio cpio CLEANUP_CPIO = { .fd = -1 };

	if (!plan->is_needed && (!texts || texts->count == 0))
		return 0;
	plan->added_fd = v2v_guest_scratch(guest, err);
	cpio.fd = plan->added_fd;
	if (cpio.fd < 0 || v2v_extend_write(&extend, texts, &cpio, err) < 0)
		return -1;
	plan->added = cpio.size;
	return 0;
}

uint64_t v2v_initramfs_needs(const struct v2v_initramfs *plan)
{
	uint64_t padding = (ALIGNMENT - plan->size % ALIGNMENT) % ALIGNMENT;
	uint64_t whole = 0;

	if (!plan->is_needed)
		return 0;
	/* Stored anew, gzip is smaller than LZ4; the old stands beside it. */
	if (strcmp(plan->scan.compression, "lz4-legacy") == 0)
		whole = plan->size;
	return padding + plan->added + whole;
}
