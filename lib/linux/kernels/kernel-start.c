/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kernels can drive, by their modules and initrds. */
#include "linux/kernels/kernel-start.h"

#include "guest/tree.h"
#include "linux/kernels/initramfs.h"

static void take_drivers(const struct v2v_modules *m, struct v2v_kernel *kernel)
{
	bool pci = v2v_modules_has(m, "virtio_pci");

	kernel->modules = (int64_t)v2v_modules_count(m);
	kernel->virtio = v2v_alloc(1, sizeof *kernel->virtio);
	*kernel->virtio = (struct v2v_kernel_virtio){
		/* Disks are on PCI, or there is none. */
		.blk = pci && v2v_modules_has(m, "virtio_blk"),
		.scsi = pci && v2v_modules_has(m, "virtio_scsi"),
		.net = pci && v2v_modules_has(m, "virtio_net"),
		.rng = v2v_modules_has(m, "virtio_rng"),
		.balloon = v2v_modules_has(m, "virtio_balloon"),
		.vsock = v2v_modules_has(m, "vmw_vsock_virtio_transport"),
		.gpu = v2v_modules_has(m, "virtio_gpu"),
	};
	kernel->ahci = v2v_modules_has(m, "ahci");
	kernel->pvpanic = v2v_modules_has(m, "pvpanic") ||
			  v2v_modules_has(m, "pvpanic_mmio");
}

/* What is there when root is looked for; @file NULL: no initrd. */
static void take_has(const struct v2v_initrd_file *file,
	const struct v2v_initrd *scan, const struct v2v_modules *m,
	struct v2v_kernel *kernel)
{
	struct v2v_initrd_has has = { 0 };

	if (scan)
		has = file->has[scan - file->scans];
	free(kernel->initrd_has);
	kernel->initrd_has = v2v_alloc(1, sizeof *kernel->initrd_has);
	*kernel->initrd_has = (struct v2v_initrd_has){
		.virtio_blk = has.virtio_blk ||
			      v2v_modules_is_builtin(m, "virtio_blk"),
		.virtio_scsi = has.virtio_scsi ||
			       v2v_modules_is_builtin(m, "virtio_scsi"),
		.virtio_pci = has.virtio_pci ||
			      v2v_modules_is_builtin(m, "virtio_pci"),
		.virtio_net = has.virtio_net ||
			      v2v_modules_is_builtin(m, "virtio_net"),
	};
}

/* What is not built in may be a module, and these may be anywhere. */
static void forget_drivers(struct v2v_kernel *kernel)
{
	free(kernel->virtio);
	kernel->virtio = NULL;
}

/* The guest keeps its modules where they cannot be seen, as in an image that
 * is to be its root: those of the initrd are for certain. */
static void take_from_initrd(struct v2v_kernel *kernel)
{
	const struct v2v_initrd_has *has = kernel->initrd_has;

	if (kernel->virtio || !has->virtio_pci ||
		(!has->virtio_blk && !has->virtio_scsi))
		return;
	kernel->virtio = v2v_alloc(1, sizeof *kernel->virtio);
	kernel->virtio->blk = has->virtio_blk;
	kernel->virtio->scsi = has->virtio_scsi;
	kernel->virtio->net = has->virtio_net;
}

/* Without an initrd nothing but the kernel itself can drive the disk. */
static void take_built_in(
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel)
{
	bool is_there = v2v_streq(bus, "virtio-blk")
				? v2v_modules_is_builtin(m, "virtio_blk")
			: v2v_streq(bus, "virtio-scsi")
				? v2v_modules_is_builtin(m, "virtio_scsi")
				: v2v_modules_is_builtin(m, "ahci");

	if (!v2v_streq(bus, "sata"))
		is_there &= v2v_modules_is_builtin(m, "virtio_pci");
	take_has(NULL, NULL, m, kernel);
	kernel->initrd_needs = is_there || !kernel->virtio ? 0 : -1;
}

/* The kernels are gone through one by one, with what all that do so share. */
struct walk {
	struct v2v *v;
	const struct v2v_tree *tree;
	struct v2v_inspect *inspect;
	struct v2v_initrd_budget *budget;
	const char
		*bus; /* NULL: each its best, and its drivers are looked at */
	struct v2v_initramfs_modules *modules;
};

static int take_initrd(const struct walk *w, struct v2v_initrd_file *file,
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel,
	struct v2v_error *why)
{
	struct v2v_initramfs plan = { 0 };

	kernel->initrd_needs = -1;
	if (v2v_initramfs_plan(file, kernel, m, bus, &plan, why) < 0 ||
		v2v_initramfs_build(
			w->v, w->tree, file, kernel, m, NULL, &plan, why) < 0)
		return -1;
	kernel->initrd_needs = (int64_t)plan.needs;
	take_has(file, plan.scan, m, kernel);
	take_from_initrd(kernel);
	return 0;
}

/* A key or a root from the network, or a person who logs in, is out of reach
 * when the card has no driver. */
static void tell_network(const struct v2v_initramfs *plan,
	const struct v2v_modules *m, const struct v2v_kernel *kernel,
	struct v2v_inspect *inspect)
{
	const char *card = v2v_initramfs_card(m);

	if (!plan->brings_network || v2v_modules_is_builtin(m, card) ||
		v2v_initrd_has_module(plan->scan, card))
		return;
	v2v_finding_add(inspect, "note", "initrd-no-network", kernel->vmlinuz,
		"kernel and initrd are one image, which brings up a network "
		"before the root is there but lacks %s, and nothing can be "
		"added to it: have the guest make it with %s in it",
		card, card);
}

/* What is in one image with the kernel cannot be added to. */
static void take_image(const struct walk *w, struct v2v_initrd_file *file,
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel)
{
	struct v2v_initramfs plan = { 0 };

	if (v2v_initramfs_plan(file, kernel, m, bus, &plan, NULL) < 0) {
		take_built_in(m, bus, kernel);
		return;
	}
	take_has(file, plan.scan, m, kernel);
	kernel->initrd_needs = v2v_initramfs_lacks(plan.scan, m, bus) ? -1 : 0;
	if (!w->bus)
		tell_network(&plan, m, kernel, w->inspect);
}

/* Can it reach its disks?  @file NULL: without an initrd.  *@why is filled
 * where that is unknown. */
static int take_start(const struct walk *w, struct v2v_initrd_file *file,
	struct v2v_kernel *kernel, struct v2v_error *why, struct v2v_error *err)
{
	const struct v2v_modules *m;
	const char *bus = w->bus;

	if (v2v_tree_check(w->tree, err) < 0)
		return -1;
	m = v2v_initramfs_modules(w->v, w->tree, kernel, w->modules);
	if (!bus) {
		take_drivers(m, kernel);
		if (!w->modules->is_complete && !v2v_kernel_block_bus(kernel))
			forget_drivers(kernel);
		bus = v2v_kernel_block_bus(kernel);
	}
	if (!kernel->initrd && (!file || file->fd < 0))
		take_built_in(m, bus, kernel);
	else if (!kernel->initrd)
		take_image(w, file, m, bus, kernel);
	else if (file->fd < 0)
		kernel->initrd_needs = -1;
	else
		take_initrd(w, file, m, bus, kernel, why);
	return v2v_check_cancel(w->v, err);
}

/* An initrd that cannot be read is reported once, whatever it starts. */
static int take_file(const struct walk *w, struct v2v_initrd_file *file,
	struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	bool is_image =
		!(*v2v_items(struct v2v_kernel *, &file->kernels))->initrd;

	v2v_initrd_file_read(w->v, w->tree, w->budget, file, &why);
	v2v_list_foreach (struct v2v_kernel *, kernel, &file->kernels)
		if (take_start(w, file, *kernel, &why, err) < 0)
			return -1;
	v2v_initrd_file_keep(w->v, file);
	v2v_initrd_file_drop(file);
	if (why.code && v2v_tree_alive(w->tree, err) < 0)
		return -1;
	if (why.code && is_image)
		v2v_debug(w->v, "initrd-unreadable", "the image %s", why.text);
	else if (why.code)
		v2v_warn(w->v, "initrd-unreadable", "the guest's initrd %s",
			why.text);
	return 0;
}

static int take_all(const struct walk *w, const struct v2v_list *kernels,
	struct v2v_error *err)
{
	struct v2v_list files CLEANUP_INITRD_FILES = { 0 };
	struct v2v_list with = { 0 };
	int status = 0;

	v2v_list_foreach (struct v2v_kernel *, kernel, kernels)
		if ((*kernel)->initrd || v2v_kernel_is_image(*kernel))
			*(struct v2v_kernel **)v2v_list_add(
				&with, sizeof *kernel) = *kernel;
		else if (status == 0)
			status = take_start(w, NULL, *kernel, NULL, err);
	v2v_initrd_files_find(w->tree, &with, &files);
	free(with.items);
	v2v_list_foreach (struct v2v_initrd_file, file, &files)
		if (status == 0)
			status = take_file(w, file, err);
	return status;
}

int v2v_kernel_starts(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_initrd_budget *budget,
	struct v2v_error *err)
{
	struct v2v_initramfs_modules modules CLEANUP_MODULES = { 0 };
	const struct walk w = { v, tree, inspect, budget, NULL, &modules };
	struct v2v_list kernels = { 0 };
	int status;

	v2v_list_foreach (struct v2v_kernel, kernel, &inspect->kernels)
		*(struct v2v_kernel **)v2v_list_add(&kernels, sizeof kernel) =
			kernel;
	status = take_all(&w, &kernels, err);
	free(kernels.items);
	return status;
}

/* Nothing can be added to it, whatever the bus. */
static bool is_closed(const struct v2v_kernel *kernel)
{
	return kernel->initrd && kernel->initrd_needs < 0;
}

int v2v_kernel_starts_sata(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_initrd_budget *budget,
	struct v2v_error *err)
{
	const char *bus = v2v_inspect_block_bus(inspect);
	struct v2v_initramfs_modules modules CLEANUP_MODULES = { 0 };
	const struct walk w = { v, tree, inspect, budget, bus, &modules };
	struct v2v_list kernels = { 0 };
	int status = 0;

	if (!v2v_streq(bus, "sata"))
		return 0;
	v2v_list_foreach (struct v2v_kernel, kernel, &inspect->kernels)
		if (kernel->ahci && !is_closed(kernel) &&
			!v2v_streq(v2v_kernel_block_bus(kernel), bus))
			*(struct v2v_kernel **)v2v_list_add(
				&kernels, sizeof kernel) = kernel;
	status = take_all(&w, &kernels, err);
	free(kernels.items);
	return status;
}
