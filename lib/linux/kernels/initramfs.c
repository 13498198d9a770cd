/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initrd lacks. */
#include "linux/kernels/initramfs.h"

#include "guest/tree.h"
#include "initrd/cpio.h"
#include "initrd/extend.h"
#include "initrd/loading.h"
#include "linux/kernels/initrd-network.h"
#include "linux/kernels/kernel-image.h"

#define ALIGNMENT 4

static char *read_beneath(
	const struct v2v_tree *tree, const char *dir, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);

	return v2v_tree_text(tree, path);
}

/* What the image itself says; one that cannot be read says nothing. */
static void read_image(struct v2v *v, const struct v2v_tree *tree,
	const struct v2v_kernel *kernel, struct v2v_initramfs_modules *to)
{
	struct v2v_kernel_image image CLEANUP_KERNEL_IMAGE = { 0 };
	struct v2v_error why = { 0 };
	uint64_t size;
	CLEANUP_CLOSE int fd =
		v2v_tree_view(tree, kernel->vmlinuz, &size, &why);

	if (fd >= 0)
		v2v_kernel_image_read(v, fd, size, &image);
	to->is_complete = image.config != NULL;
	to->modules = v2v_modules_new(NULL, image.builtin, image.config);
}

static void read_modules(struct v2v *v, const struct v2v_tree *tree,
	const struct v2v_kernel *kernel, struct v2v_initramfs_modules *to)
{
	CLEANUP_FREE char *dep = NULL, *builtin = NULL, *config = NULL;

	if (kernel->modpath) {
		dep = read_beneath(tree, kernel->modpath, "modules.dep");
		builtin =
			read_beneath(tree, kernel->modpath, "modules.builtin");
	}
	if (kernel->config)
		config = v2v_tree_text(tree, kernel->config);
	to->is_complete = dep || builtin || config;
	if (to->is_complete)
		to->modules = v2v_modules_new(dep, builtin, config);
	else
		read_image(v, tree, kernel, to);
}

/* Which files say so: device and inode of each, 0 where there is none. */
static void identify(const struct v2v_tree *tree,
	const struct v2v_kernel *kernel, uint64_t files[8])
{
	const char *dir = kernel->modpath;
	CLEANUP_FREE char *dep = dir ? v2v_format("%s/modules.dep", dir) : NULL;
	CLEANUP_FREE char *builtin =
		dir ? v2v_format("%s/modules.builtin", dir) : NULL;
	const char *const paths[] = { dep, builtin, kernel->config };
	bool any = false;

	memset(files, 0, 8 * sizeof *files);
	for (size_t i = 0; i < 3; i++)
		any |= paths[i] && v2v_tree_identity(tree, paths[i],
					   &files[2 * i], &files[2 * i + 1]);
	if (!any)
		v2v_tree_identity(tree, kernel->vmlinuz, &files[6], &files[7]);
}

const struct v2v_modules *v2v_initramfs_modules(struct v2v *v,
	const struct v2v_tree *tree, const struct v2v_kernel *kernel,
	struct v2v_initramfs_modules *last)
{
	uint64_t files[8];

	identify(tree, kernel, files);
	if (last->modules && memcmp(files, last->files, sizeof files) == 0)
		return last->modules;
	v2v_initramfs_modules_clear(last);
	memcpy(last->files, files, sizeof files);
	read_modules(v, tree, kernel, last);
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

const char *v2v_initramfs_card(const struct v2v_modules *m)
{
	return v2v_modules_has(m, "virtio_net") ? "virtio_net" : "e1000";
}

/* Has it the old card's driver, which something in it may use, and not the
 * new one's? */
static bool lacks_card(
	const struct v2v_initrd *scan, const struct v2v_modules *m)
{
	const char *card = v2v_initramfs_card(m);

	return v2v_initrd_has_old_card(scan) &&
	       !v2v_initrd_has_module(scan, card) &&
	       !v2v_modules_is_builtin(m, card);
}

/* The same with the driver of the network cards, as guestcaps will have them.
 */
static const char *const *with_network(
	const struct v2v_modules *m, const char *const *drivers)
{
	static const char *const all[2][2][7] = {
		{ { "virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod",
			  "e1000", NULL },
			{ "virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod",
				"virtio_net", NULL } },
		{ { "ahci", "sd_mod", "e1000", NULL },
			{ "ahci", "sd_mod", "virtio_pci", "virtio_net",
				NULL } },
	};

	if (!drivers)
		return NULL;
	return all[strcmp(*drivers, "ahci") == 0]
		  [v2v_modules_has(m, "virtio_net")];
}

struct source {
	const struct v2v_tree *tree;
	const struct v2v_kernel *kernel;
};

static int fetch(const char *path, uint64_t *ret_size, void *opaque,
	struct v2v_error *err)
{
	const struct source *source = opaque;
	CLEANUP_FREE char *name =
		v2v_format("%s/%s", source->kernel->modpath, path);

	return v2v_tree_fetch(source->tree, name, ret_size, err);
}

static int scratch(void *opaque, struct v2v_error *err)
{
	const struct source *source = opaque;

	return v2v_tree_scratch(source->tree, err);
}

static int check_known(const struct v2v_initramfs *plan, struct v2v_error *err)
{
	if (!plan->is_needed || v2v_loading_is_known(plan->scan))
		return 0;
	return v2v_fail(err, "initrd-unreadable",
		plan->scan->is_shell
			? "keeps its modules in an image inside"
			: "is of an unknown kind: what loads drivers in it "
			  "is unknown");
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

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
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
	plan.brings_network = v2v_initrd_brings_network(plan.scan) ||
			      lacks_card(plan.scan, modules);
	if (plan.brings_network)
		plan.drivers = with_network(modules, plan.drivers);
	extend.drivers = plan.drivers;
	plan.is_needed = plan.drivers && v2v_extend_is_needed(&extend);
	if (check_known(&plan, err) < 0)
		return v2v_fail_prefix(err, "'%s'", name);
	*ret_initramfs = plan;
	return 0;
}

/* What the first archive brings about: padding, and LZ4's legacy form
 * recompressed; gzip is smaller than LZ4, and the old one is kept beside it. */
static uint64_t first_costs(const struct v2v_initrd_file *file)
{
	bool is_lz4 = strcmp(file->scans[0].compression, "lz4-legacy") == 0;

	return (ALIGNMENT - file->size % ALIGNMENT) % ALIGNMENT +
	       (is_lz4 ? file->size : 0);
}

int v2v_initramfs_build(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_initrd_file *file, const struct v2v_kernel *kernel,
	const struct v2v_modules *modules, const struct v2v_list *texts,
	struct v2v_initramfs *plan, struct v2v_error *err)
{
	struct source source = { tree, kernel };
	CLEANUP_FREE char *aliases =
		kernel->modpath
			? read_beneath(tree, kernel->modpath, "modules.alias")
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
		file->added_fd = v2v_tree_scratch(tree, err);
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
