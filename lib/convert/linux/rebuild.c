/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds rebuilt by the guest's own tools, where the user wants that. */
#include "convert/linux/rebuild.h"
#include "convert/linux/linux.h"
#include "guest/guest.h"
#include "linux/kernels/initramfs.h"
#include "model/space.h"

/* What a tool gathers before it is packed is several times as large. */
#define UNPACKED 6

static bool is_there(const char *path, void *opaque)
{
	return v2v_tree_is_file(opaque, path);
}

/* Each initrd once, whichever kernels share it. */
static bool is_remade(const struct v2v_inspect *inspect, size_t i)
{
	const struct v2v_kernel *kernels = inspect->kernels.items;

	for (size_t j = 0; j < i; j++)
		if (v2v_streq(kernels[j].initrd, kernels[i].initrd))
			return false;
	return kernels[i].initrd && kernels[i].modpath &&
	       v2v_inspect_can_use(inspect, &kernels[i]);
}

static void need(struct v2v_list *needs, const char *path, uint64_t bytes)
{
	struct v2v_space_need *added = v2v_list_add(needs, sizeof *added);

	added->path = path;
	added->bytes = bytes;
}

/*
 * With drivers for all machines each may become twice as large, and the tools
 * write the new one beside the old.
 */
void v2v_rebuild_needs(const struct v2v_inspect *inspect,
	int64_t (*size_of)(const char *path, void *opaque), void *opaque,
	struct v2v_list *needs)
{
	const struct v2v_kernel *kernels = inspect->kernels.items;
	const struct v2v_kernel *largest = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < inspect->kernels.count; i++) {
		int64_t size = is_remade(inspect, i)
				       ? size_of(kernels[i].initrd, opaque)
				       : 0;

		if (size <= 0)
			continue;
		need(needs, kernels[i].initrd, (uint64_t)size);
		if ((uint64_t)size > most) {
			most = (uint64_t)size;
			largest = &kernels[i];
		}
	}
	if (!largest)
		return;
	need(needs, largest->initrd, most);
	need(needs, "/var/tmp", most * UNPACKED);
	/* mkinitcpio, mkinitfs and SUSE's mkinitrd gather it there. */
	if (v2v_inspect_mountpoint_of(inspect, "/tmp") !=
		v2v_inspect_mountpoint_of(inspect, "/var/tmp"))
		need(needs, "/tmp", most * UNPACKED);
}

static int64_t size_of(const char *path, void *opaque)
{
	return v2v_tree_size(opaque, path);
}

int v2v_linux_rebuild_room(const struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list needs = { 0 };
	int status;

	v2v_rebuild_needs(c->inspect, size_of, (void *)c->tree, &needs);
	status = v2v_space_check_needs(c->inspect, &needs, err);
	free(needs.items);
	return status;
}

/* The first driver that the new initrd lacks; NULL. */
static const char *lacking(struct v2v_linux *c, const struct v2v_tree *tree,
	struct v2v_kernel *kernel, const struct v2v_modules *modules)
{
	struct v2v_list files CLEANUP_INITRD_FILES = { 0 };
	const struct v2v_list kernels = { &kernel, 1 };
	struct v2v_initramfs plan = { 0 };
	struct v2v_initrd_file *file;
	struct v2v_error why = { 0 };

	v2v_initrd_files_find(tree, &kernels, &files);
	file = files.items;
	if (v2v_initrd_file_read(c->v, tree, NULL, file, &why) == 0 &&
		v2v_initramfs_plan(file, kernel, modules, c->caps->block_bus,
			&plan, &why) == 0)
		return v2v_initramfs_lacks(
			plan.scan, modules, c->caps->block_bus);
	/* What cannot be read is rebuilt for that reason. */
	v2v_debug(c->v, "initrd-unreadable", "the new %s", why.text);
	return NULL;
}

/* Some tools exit with 0 though they made nothing: update-initramfs with
 * update_initramfs=no, or where somebody else had altered the initrd. */
static int check_result(struct v2v_linux *c, const struct v2v_tree *tree,
	struct v2v_kernel *kernel, const char *name, struct v2v_error *err)
{
	struct v2v_initramfs_modules modules CLEANUP_MODULES = { 0 };
	const char *lacks = lacking(c, tree, kernel,
		v2v_initramfs_modules(c->v, tree, kernel, &modules));

	if (lacks)
		return v2v_fail(err, "initramfs-no-driver",
			"'%s' still lacks %s: the guest's %s did not put it in",
			kernel->initrd, lacks, name);
	return v2v_check_cancel(c->v, err);
}

static int run(struct v2v_linux *c, struct v2v_guest *guest,
	struct v2v_kernel *kernel, const struct v2v_list *drivers,
	struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const char *slash = strrchr(kernel->modpath, '/');
	const struct v2v_rebuild rebuild = { slash + 1, kernel->vmlinuz,
		kernel->initrd, c->inspect->root, drivers };
	struct v2v_list argv CLEANUP_STRINGS = { 0 };
	const char *name =
		v2v_rebuild_command(&rebuild, is_there, (void *)&tree, &argv);

	if (!name)
		return v2v_fail(err, "initramfs-no-tool",
			"cannot rebuild '%s': the guest has none of %s",
			kernel->initrd, V2V_REBUILD_TOOLS);
	v2v_list_add(&argv, sizeof(char *));
	if (v2v_guest_run(guest, argv.items, err) < 0 ||
		check_result(c, &tree, kernel, name, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, kernel->initrd, "initrd-lacks-virtio", NULL,
		"rebuilt by the guest's %s", name);
	return 0;
}

int v2v_linux_rebuild(
	struct v2v_linux *c, struct v2v_guest *guest, struct v2v_error *err)
{
	struct v2v_list drivers CLEANUP_STRINGS = { 0 };
	struct v2v_kernel *kernels = c->inspect->kernels.items;

	v2v_linux_drivers(c, &drivers);
	for (size_t i = 0; i < c->inspect->kernels.count; i++)
		if (is_remade(c->inspect, i) &&
			run(c, guest, &kernels[i], &drivers, err) < 0)
			return -1;
	if (kernels && kernels->initrd)
		c->caps->initrd = v2v_strdup("rebuilt");
	return 0;
}
