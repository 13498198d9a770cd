/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels, by their files in /boot and /lib/modules. */
#include "inspect/kernels.h"

#include "guest/files.h"
#include "inspect/initramfs.h"
#include "inspect/kernel-files.h"

static bool has_application(const struct v2v_inspect *inspect, const char *name)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (v2v_streq(app->name, name))
			return true;
	return false;
}

/* Arch's pkgbase is the package; Alpine's vmlinuz-lts is of linux-lts. */
static char *package_by_name(
	const struct v2v_inspect *inspect, const struct v2v_kernel_file *file)
{
	CLEANUP_FREE char *name =
		v2v_format("linux-%s", file->suffix ? file->suffix : "");

	if (file->pkgbase && has_application(inspect, file->pkgbase))
		return v2v_strdup(file->pkgbase);
	return has_application(inspect, name) ? v2v_take(name) : NULL;
}

static char *find_package(
	const struct v2v_inspect *inspect, const char *version)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications) {
		CLEANUP_FREE char *rpm = NULL;
		const char *name = app->name;

		if (v2v_starts_with(name, "linux-image-")) {
			name += strlen("linux-image-");
			if (v2v_starts_with(name, "unsigned-"))
				name += strlen("unsigned-");
			if (strcmp(name, version) == 0)
				return v2v_strdup(app->name);
		}
		if (!v2v_starts_with(name, "kernel") || !app->version ||
			!app->release)
			continue;
		rpm = v2v_format("%s-%s", app->version, app->release);
		if (v2v_starts_with(version, rpm) && !strstr(name, "devel") &&
			!strstr(name, "headers"))
			return v2v_strdup(app->name);
	}
	return NULL;
}

static const char *config_arch(const char *config)
{
	static const struct {
		const char *line, *arch;
	} known[] = {
		{ "\nCONFIG_X86_64=y", "x86_64" },
		{ "\nCONFIG_X86_32=y", "i686" },
		{ "\nCONFIG_ARM64=y", "aarch64" },
		{ "\nCONFIG_PPC64=y", "ppc64le" },
		{ "\nCONFIG_S390=y", "s390x" },
	};

	for (size_t i = 0; config && i < sizeof known / sizeof known[0]; i++)
		if (strstr(config, known[i].line))
			return known[i].arch;
	return NULL;
}

static void take_config(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, struct v2v_kernel *kernel)
{
	CLEANUP_FREE char *text =
		kernel->config ? v2v_guest_text(guest, kernel->config) : NULL;
	const char *arch = config_arch(text);

	kernel->arch = v2v_strdup(arch ? arch : inspect->arch);
	/* Without it the name has to do: "2.6.18-128.el5xen". */
	if (!text)
		kernel->xen_pv_only = v2v_ends_with(kernel->version, "xen");
	if (!text)
		return;
	/* A kernel that runs as a guest of Xen only, and on nothing else. */
	kernel->xen_pv_only = strstr(text, "\nCONFIG_X86_XEN=y") ||
			      strstr(text, "\nCONFIG_X86_64_XEN=y");
}

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

static bool has(const struct v2v_initrd *scan, const struct v2v_modules *m,
	const char *name)
{
	return (scan && v2v_initrd_has_module(scan, name)) ||
	       v2v_modules_is_builtin(m, name);
}

/* What is there when root is looked for; @scan NULL: no initrd. */
static void take_has(const struct v2v_initrd *scan, const struct v2v_modules *m,
	struct v2v_kernel *kernel)
{
	free(kernel->initrd_has);
	kernel->initrd_has = v2v_alloc(1, sizeof *kernel->initrd_has);
	*kernel->initrd_has = (struct v2v_initrd_has){
		.virtio_blk = has(scan, m, "virtio_blk"),
		.virtio_scsi = has(scan, m, "virtio_scsi"),
		.virtio_pci = has(scan, m, "virtio_pci"),
		.virtio_net = has(scan, m, "virtio_net"),
	};
}

static int take_initrd(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = V2V_INITRAMFS_NONE;
	struct v2v_error why = { 0 };

	kernel->initrd_needs = -1;
	if (v2v_initramfs_plan(v, guest, kernel, m, bus, &plan, &why) < 0 ||
		v2v_initramfs_build(v, guest, kernel, m, NULL, &plan, &why) <
			0) {
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		v2v_warn(v, "initrd-unreadable", "the guest's initrd %s",
			why.text);
		return 0;
	}
	kernel->initrd_needs = (int64_t)v2v_initramfs_needs(&plan);
	take_has(&plan.scan, m, kernel);
	return 0;
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
	take_has(NULL, m, kernel);
	kernel->initrd_needs = is_there ? 0 : -1;
}

/* What is in one image with the kernel cannot be added to. */
static int take_image(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = V2V_INITRAMFS_NONE;
	struct v2v_error why = { 0 };

	if (v2v_initramfs_plan(v, guest, kernel, m, bus, &plan, &why) < 0) {
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		v2v_debug(v, "initrd-unreadable", "the image %s", why.text);
		take_built_in(m, bus, kernel);
		return 0;
	}
	take_has(&plan.scan, m, kernel);
	kernel->initrd_needs = v2v_initramfs_lacks(&plan.scan, m, bus) ? -1 : 0;
	return 0;
}

/* Can it reach its disks on @bus? */
static int take_start(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_modules *m, const char *bus, struct v2v_kernel *kernel,
	struct v2v_error *err)
{
	if (v2v_kernel_is_image(kernel))
		return take_image(v, guest, m, bus, kernel, err);
	if (kernel->initrd)
		return take_initrd(v, guest, m, bus, kernel, err);
	take_built_in(m, bus, kernel);
	return 0;
}

static int take_kernel(struct v2v *v, struct v2v_guest *guest,
	struct v2v_inspect *inspect, struct v2v_kernel_file *file,
	struct v2v_error *err)
{
	struct v2v_kernel *kernel =
		v2v_list_add(&inspect->kernels, sizeof *kernel);
	struct v2v_modules *modules;
	int status;

	kernel->version = v2v_take(file->version);
	kernel->vmlinuz = v2v_take(file->vmlinuz);
	kernel->initrd = v2v_take(file->initrd);
	kernel->config = v2v_take(file->config);
	kernel->modpath = v2v_take(file->modpath);
	kernel->is_default = file->is_default;
	kernel->package = find_package(inspect, kernel->version);
	if (!kernel->package)
		kernel->package = package_by_name(inspect, file);
	kernel->debug = v2v_ends_with(kernel->version, "debug") ||
			v2v_ends_with(kernel->version, "-dbg");
	take_config(guest, inspect, kernel);
	modules = v2v_initramfs_modules(guest, kernel);
	take_drivers(modules, kernel);
	status = take_start(
		v, guest, modules, v2v_kernel_block_bus(kernel), kernel, err);
	v2v_modules_free(modules);
	return status;
}

/* Of one release the shorter name is the main initrd, the other a fallback. */
static int default_then_newest(const void *a, const void *b)
{
	const struct v2v_kernel *x = a, *y = b;
	int order = -strverscmp(x->version, y->version);

	if (x->is_default != y->is_default)
		return x->is_default ? -1 : 1;
	if (order == 0 && x->initrd && y->initrd)
		order = strlen(x->initrd) < strlen(y->initrd) ? -1 : 1;
	return order ? order : strcmp(x->vmlinuz, y->vmlinuz);
}

static void sort(struct v2v_inspect *inspect)
{
	struct v2v_kernel *kernels = inspect->kernels.items;

	if (inspect->kernels.count == 0)
		return;
	qsort(kernels, inspect->kernels.count, sizeof *kernels,
		default_then_newest);
	kernels[0].is_default = true;
}

/* Nothing can be added to it, whatever the bus. */
static bool is_closed(const struct v2v_kernel *kernel)
{
	return kernel->initrd && kernel->initrd_needs < 0;
}

/* Where the default kernel has its disks on SATA, so have those that could use
 * virtio. */
static int take_for_sata(struct v2v *v, struct v2v_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	const char *bus = v2v_inspect_block_bus(inspect);
	int status = 0;

	if (!v2v_streq(bus, "sata"))
		return 0;
	v2v_list_foreach (struct v2v_kernel, kernel, &inspect->kernels) {
		struct v2v_modules *modules;

		if (status < 0 || !kernel->ahci || is_closed(kernel) ||
			v2v_streq(v2v_kernel_block_bus(kernel), bus))
			continue;
		modules = v2v_initramfs_modules(guest, kernel);
		status = take_start(v, guest, modules, bus, kernel, err);
		v2v_modules_free(modules);
	}
	return status;
}

static char *resolve(const struct v2v_kernel_search *s, const char *path)
{
	return v2v_guest_resolve(s->opaque, path);
}

static char *release(const struct v2v_kernel_search *s, const char *path)
{
	CLEANUP_FREE unsigned char *head = v2v_alloc(1, V2V_BZIMAGE_HEAD);
	size_t n = v2v_guest_read_head(s->opaque, path, head, V2V_BZIMAGE_HEAD);

	return v2v_bzimage_release(head, n);
}

int v2v_kernels_find(struct v2v *v, struct v2v_guest *guest,
	struct v2v_inspect *inspect, const struct v2v_list *entries,
	struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_kernel_search search = { &tree, entries, resolve,
		release, guest };
	struct v2v_list files CLEANUP_KERNEL_FILES = { 0 };

	v2v_kernel_files_find(&search, &files);
	v2v_list_foreach (struct v2v_kernel_file, file, &files)
		if (take_kernel(v, guest, inspect, file, err) < 0)
			return -1;
	sort(inspect);
	return take_for_sata(v, guest, inspect, err);
}
