/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initrd lacks. */
#include "inspect/initramfs.h"

#include "guest/files.h"
#include "initrd/cpio.h"
#include "initrd/extend.h"
#include "initrd/loading.h"

#define ALIGNMENT 4

static char *read_beneath(
	struct v2v_guest *guest, const char *dir, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);

	return v2v_guest_text(guest, path);
}

static struct v2v_modules *read_modules(
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

/* Which files its lists are: device and inode of each, 0 where there is none.
 */
static void identify(struct v2v_guest *guest, const struct v2v_kernel *kernel,
	uint64_t files[6])
{
	const char *dir = kernel->modpath;
	CLEANUP_FREE char *dep = dir ? v2v_format("%s/modules.dep", dir) : NULL;
	CLEANUP_FREE char *builtin =
		dir ? v2v_format("%s/modules.builtin", dir) : NULL;
	const char *const paths[] = { dep, builtin, kernel->config };

	memset(files, 0, 6 * sizeof *files);
	for (size_t i = 0; i < 3; i++)
		if (paths[i])
			v2v_guest_identity(guest, paths[i], &files[2 * i],
				&files[2 * i + 1]);
}

const struct v2v_modules *v2v_initramfs_modules(struct v2v_guest *guest,
	const struct v2v_kernel *kernel, struct v2v_initramfs_modules *last)
{
	uint64_t files[6];

	identify(guest, kernel, files);
	if (last->modules && memcmp(files, last->files, sizeof files) == 0)
		return last->modules;
	v2v_initramfs_modules_clear(last);
	memcpy(last->files, files, sizeof files);
	last->modules = read_modules(guest, kernel);
	return last->modules;
}

void v2v_initramfs_modules_clear(struct v2v_initramfs_modules *last)
{
	v2v_modules_free(last->modules);
	last->modules = NULL;
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

const char *const *v2v_initramfs_captured(
	const char *files[V2V_INITRAMFS_FILES])
{
	size_t n = 0;

	for (const char *const *s = v2v_initramfs_stale; *s; s++)
		files[n++] = *s;
	for (const char *const *s = v2v_loading_files;
		*s && n + 1 < V2V_INITRAMFS_FILES; s++)
		files[n++] = *s;
	files[n] = NULL;
	return files;
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
	if (!plan->is_needed || v2v_loading_is_known(plan->scan))
		return 0;
	return v2v_fail(err, "initrd-unreadable",
		plan->scan->is_shell
			? "keeps its modules in an image inside"
			: "is of an unknown kind: what loads drivers in it "
			  "cannot be told");
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

int v2v_initramfs_plan(struct v2v_initrd_file *file,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *bus, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err)
{
	const char *name = kernel->initrd ? kernel->initrd : kernel->vmlinuz;
	struct v2v_initramfs plan = { .scan = v2v_initrd_file_scan(
					      file, kernel) };
	struct v2v_extend extend = { .scan = plan.scan, .modules = modules };

	if (!plan.scan)
		return v2v_fail(err, "initrd-unreadable",
			"'%s' is that of more than %d kernels", name,
			V2V_INITRD_RELEASES);
	plan.drivers = v2v_initramfs_drivers(modules, bus);
	if (plan.scan->brings_network)
		plan.drivers = with_network(plan.drivers);
	extend.drivers = plan.drivers;
	plan.is_needed = plan.drivers && v2v_extend_is_needed(&extend);
	if (check_known(&plan, err) < 0)
		return v2v_fail_prefix(err, "'%s'", name);
	*ret_initramfs = plan;
	return 0;
}

/* What the first archive brings about: padding, and LZ4's legacy form stored
 * anew; gzip is smaller than LZ4, and the old stands beside it. */
static uint64_t first_costs(const struct v2v_initrd_file *file)
{
	bool is_lz4 = strcmp(file->scans[0].compression, "lz4-legacy") == 0;

	return (ALIGNMENT - file->size % ALIGNMENT) % ALIGNMENT +
	       (is_lz4 ? file->size : 0);
}

int v2v_initramfs_build(struct v2v *v, struct v2v_guest *guest,
	struct v2v_initrd_file *file, const struct v2v_kernel *kernel,
	const struct v2v_modules *modules, const struct v2v_list *texts,
	struct v2v_initramfs *plan, struct v2v_error *err)
{
	struct source source = { guest, kernel };
	CLEANUP_FREE char *aliases =
		kernel->modpath
			? read_beneath(guest, kernel->modpath, "modules.alias")
			: NULL;
	const struct v2v_extend extend = { .v = v,
		.scan = plan->scan,
		.modules = modules,
		.aliases = aliases,
		.drivers = plan->drivers,
		.fetch = fetch,
		.scratch = scratch,
		.opaque = &source };
	struct v2v_cpio cpio CLEANUP_CPIO = { .size = file->added };
	const uint64_t from = file->added;

	if (!plan->is_needed && (!texts || texts->count == 0))
		return 0;
	if (file->added_fd < 0)
		file->added_fd = v2v_guest_scratch(guest, err);
	cpio.fd = file->added_fd;
	if (cpio.fd < 0)
		return -1;
	if (v2v_extend_write(&extend, texts, &cpio, err) < 0) {
		/* Half an archive is none. */
		lseek(cpio.fd, (off_t)from, SEEK_SET);
		return -1;
	}
	file->added = cpio.size;
	plan->needs = file->added - from + (from ? 0 : first_costs(file));
	return v2v_initrd_file_added(v, file, from, err);
}
