/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initrd lacks. */
#include "inspect/initramfs.h"

#include "guest/files.h"
#include "initrd/cpio.h"

#define ALIGNMENT 4

/* Both buses, so that the machine may be given either. */
const char *const v2v_initramfs_drivers[] = { "virtio_pci", "virtio_blk",
	"virtio_scsi", "sd_mod", NULL };

/* Without the index modprobe would not know the added modules. */
static const char *const indexes[] = { "modules.dep", "modules.dep.bin",
	"modules.alias", "modules.alias.bin", "modules.symbols",
	"modules.symbols.bin", "modules.softdep", "modules.builtin",
	"modules.builtin.bin", "modules.builtin.alias.bin",
	"modules.builtin.modinfo", "modules.order", "modules.devname" };

static void file_clear(struct v2v_initramfs_file *file)
{
	free(file->from);
	free(file->to);
}

void v2v_initramfs_clear(struct v2v_initramfs *initramfs)
{
	v2v_cleanup_close(&initramfs->fd);
	v2v_initrd_clear(&initramfs->scan);
	v2v_list_foreach (struct v2v_initramfs_file, file, &initramfs->files)
		file_clear(file);
	free(initramfs->files.items);
	*initramfs = (struct v2v_initramfs){ .fd = -1 };
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

/* Where the archive keeps modules; nothing may be put over a link "lib". */
static char *archive_dir(
	const struct v2v_initrd *scan, const struct v2v_kernel *kernel)
{
	if (scan->modules_dir)
		return v2v_strdup(scan->modules_dir);
	return v2v_format("%slib/modules/%s", scan->lib_is_link ? "usr/" : "",
		kernel->version);
}

static void add_file(struct v2v_guest *guest, const struct v2v_kernel *kernel,
	const char *dir, const char *name, struct v2v_list *files)
{
	CLEANUP_FREE char *from = v2v_format("%s/%s", kernel->modpath, name);
	int64_t size = v2v_guest_size(guest, from);
	struct v2v_initramfs_file *file;

	if (size < 0)
		return;
	file = v2v_list_add(files, sizeof *file);
	file->from = v2v_take(from);
	file->to = v2v_format("%s/%s", dir, name);
	file->size = (uint64_t)size;
}

static void names_clear(struct v2v_list *names)
{
	v2v_list_foreach (char *, name, names)
		free(*name);
	free(names->items);
}

/* The files of the drivers, and of what they need, that the initrd lacks. */
static void find_missing(const struct v2v_modules *modules,
	const struct v2v_initrd *scan, struct v2v_list *ret_paths)
{
	__attribute__((cleanup(names_clear))) struct v2v_list all = { 0 };

	for (const char *const *name = v2v_initramfs_drivers; *name; name++)
		if (!v2v_modules_is_builtin(modules, *name))
			v2v_modules_closure(modules, *name, &all);
	v2v_list_foreach (char *, path, &all) {
		CLEANUP_FREE char *name = v2v_module_name(*path);

		if (name && !v2v_initrd_has_module(scan, name) &&
			!v2v_modules_is_builtin(modules, name))
			v2v_list_add_string(ret_paths, *path);
	}
}

int v2v_initramfs_plan(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	const char *const *capture, struct v2v_initramfs *ret_initramfs,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = { .fd = -1 };
	__attribute__((cleanup(names_clear))) struct v2v_list missing = { 0 };
	CLEANUP_FREE char *dir = NULL;

	plan.fd = v2v_guest_fetch(guest, kernel->initrd, &plan.size, err);
	if (plan.fd < 0)
		return -1;
	if (v2v_initrd_scan(v, plan.fd, plan.size, capture, &plan.scan, err) <
		0)
		return v2v_fail_prefix(err, "'%s'", kernel->initrd);
	find_missing(modules, &plan.scan, &missing);
	dir = archive_dir(&plan.scan, kernel);
	v2v_list_foreach (char *, path, &missing)
		add_file(guest, kernel, dir, *path, &plan.files);
	for (size_t i = 0;
		missing.count && i < sizeof indexes / sizeof indexes[0]; i++)
		add_file(guest, kernel, dir, indexes[i], &plan.files);
	*ret_initramfs = plan;
	plan = (struct v2v_initramfs){ .fd = -1 };
	return 0;
}

uint64_t v2v_initramfs_needs(const struct v2v_initramfs *plan)
{
	struct v2v_cpio cpio CLEANUP_CPIO = { .fd = -1 };
	uint64_t padding = (ALIGNMENT - plan->size % ALIGNMENT) % ALIGNMENT;

	if (plan->files.count == 0)
		return 0;
	v2v_list_foreach (const struct v2v_initramfs_file, file, &plan->files)
		v2v_cpio_add(&cpio, file->to, -1, file->size, NULL);
	v2v_cpio_finish(&cpio, NULL);
	/* Stored anew, gzip is smaller than LZ4; the old stands beside it. */
	if (strcmp(plan->scan.compression, "lz4-legacy") == 0)
		cpio.size += plan->size;
	return padding + cpio.size;
}
