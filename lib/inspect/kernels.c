/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels, by their files in /boot and /lib/modules. */
#include "inspect/kernels.h"

#include "guest/files.h"
#include "inspect/initramfs.h"

/* The version in the name of a kernel's file, or NULL.  Copies that
 * installers and dpkg keep aside are none. */
static const char *version_of(const char *name)
{
	static const char *const prefixes[] = { "vmlinuz-", "vmlinux-",
		"kernel-", "bzImage-" };
	static const char *const aside[] = { ".old", ".bak", ".dpkg-new",
		".dpkg-old", ".rpmsave", ".rpmnew", ".pre-v2v", ".sig" };

	for (size_t i = 0; i < sizeof aside / sizeof aside[0]; i++)
		if (v2v_ends_with(name, aside[i]))
			return NULL;
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (v2v_starts_with(name, prefixes[i]) &&
			name[strlen(prefixes[i])])
			return name + strlen(prefixes[i]);
	return NULL;
}

static bool is_there(const struct v2v_list *names, const char *name)
{
	v2v_list_foreach (char *, have, names)
		if (strcmp(*have, name) == 0)
			return true;
	return false;
}

/* The first of the names that distributions give to a kernel's file. */
static char *find_file(const struct v2v_list *names, const char *version,
	const char *const *formats)
{
	for (; *formats; formats++) {
		const char *s = strchr(*formats, '@');
		CLEANUP_FREE char *name = v2v_format("%.*s%s%s",
			(int)(s - *formats), *formats, version, s + 1);

		if (is_there(names, name))
			return v2v_format("/boot/%s", name);
	}
	return NULL;
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
	if (!text)
		return;
	/* A kernel that runs as a guest of Xen only, and on nothing else. */
	kernel->xen_pv_only = strstr(text, "\nCONFIG_X86_XEN=y") ||
			      strstr(text, "\nCONFIG_X86_64_XEN=y");
}

static void take_drivers(const struct v2v_modules *m, struct v2v_kernel *kernel)
{
	kernel->modules = (int64_t)v2v_modules_count(m);
	kernel->virtio = v2v_alloc(1, sizeof *kernel->virtio);
	*kernel->virtio = (struct v2v_kernel_virtio){
		.blk = v2v_modules_has(m, "virtio_blk"),
		.scsi = v2v_modules_has(m, "virtio_scsi"),
		.net = v2v_modules_has(m, "virtio_net"),
		.rng = v2v_modules_has(m, "virtio_rng"),
		.balloon = v2v_modules_has(m, "virtio_balloon"),
		.vsock = v2v_modules_has(m, "vmw_vsock_virtio_transport"),
		.gpu = v2v_modules_has(m, "virtio_gpu"),
	};
	kernel->pvpanic = v2v_modules_has(m, "pvpanic") ||
			  v2v_modules_has(m, "pvpanic_mmio");
}

static bool initrd_has(const struct v2v_initramfs *plan,
	const struct v2v_modules *m, const char *name)
{
	return v2v_initrd_has_module(&plan->scan, name) ||
	       v2v_modules_is_builtin(m, name);
}

static int take_initrd(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_modules *m, struct v2v_kernel *kernel,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = V2V_INITRAMFS_NONE;
	struct v2v_error why = { 0 };

	kernel->initrd_needs = -1;
	if (v2v_initramfs_plan(v, guest, kernel, m, &plan, &why) < 0 ||
		v2v_initramfs_build(v, guest, kernel, m, NULL, &plan, &why) <
			0) {
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		v2v_warn(v, "initrd-unreadable", "the guest's initrd %s",
			why.text);
		return 0;
	}
	kernel->initrd_needs = (int64_t)v2v_initramfs_needs(&plan);
	kernel->initrd_has = v2v_alloc(1, sizeof *kernel->initrd_has);
	*kernel->initrd_has = (struct v2v_initrd_has){
		.virtio_blk = initrd_has(&plan, m, "virtio_blk"),
		.virtio_scsi = initrd_has(&plan, m, "virtio_scsi"),
		.virtio_pci = initrd_has(&plan, m, "virtio_pci"),
		.virtio_net = initrd_has(&plan, m, "virtio_net"),
	};
	return 0;
}

static int take_kernel(struct v2v *v, struct v2v_guest *guest,
	struct v2v_inspect *inspect, const struct v2v_list *boot,
	const char *name, struct v2v_error *err)
{
	static const char *const initrds[] = { "initrd.img-@",
		"initramfs-@.img", "initrd-@", "initrd-@.img", "initramfs-@",
		NULL };
	static const char *const configs[] = { "config-@", NULL };
	const char *version = version_of(name);
	CLEANUP_FREE char *modpath = v2v_format("/lib/modules/%s", version);
	struct v2v_kernel *kernel =
		v2v_list_add(&inspect->kernels, sizeof *kernel);
	struct v2v_modules *modules;
	int status = 0;

	kernel->version = v2v_strdup(version);
	kernel->vmlinuz = v2v_format("/boot/%s", name);
	kernel->initrd = find_file(boot, version, initrds);
	kernel->config = find_file(boot, version, configs);
	if (v2v_guest_is_dir(guest, modpath))
		kernel->modpath = v2v_take(modpath);
	kernel->package = find_package(inspect, version);
	kernel->debug = v2v_ends_with(version, "debug") ||
			v2v_ends_with(version, "-dbg");
	take_config(guest, inspect, kernel);
	modules = v2v_initramfs_modules(guest, kernel);
	take_drivers(modules, kernel);
	if (kernel->initrd)
		status = take_initrd(v, guest, modules, kernel, err);
	v2v_modules_free(modules);
	return status;
}

static bool is_same_file(const char *named, const char *path)
{
	const char *a = strrchr(named, '/'), *b = strrchr(path, '/');

	return strcmp(a ? a + 1 : named, b ? b + 1 : path) == 0;
}

static int default_then_newest(const void *a, const void *b)
{
	const struct v2v_kernel *x = a, *y = b;

	if (x->is_default != y->is_default)
		return x->is_default ? -1 : 1;
	return -strverscmp(x->version, y->version);
}

static void sort(struct v2v_inspect *inspect, const char *default_kernel)
{
	struct v2v_kernel *kernels = inspect->kernels.items;
	size_t n = inspect->kernels.count;
	bool any = false;

	if (n == 0)
		return;
	for (size_t i = 0; i < n && default_kernel; i++) {
		kernels[i].is_default = !any && is_same_file(default_kernel,
							kernels[i].vmlinuz);
		any |= kernels[i].is_default;
	}
	qsort(kernels, n, sizeof *kernels, default_then_newest);
	kernels[0].is_default = true;
}

/* More than a disk full of kernels is hostile. */
#define MAX_KERNELS 64

int v2v_kernels_find(struct v2v *v, struct v2v_guest *guest,
	struct v2v_inspect *inspect, const char *default_kernel,
	struct v2v_error *err)
{
	struct v2v_list boot CLEANUP_NAMES = { 0 };

	v2v_guest_list(guest, "/boot", &boot);
	v2v_list_foreach (char *, name, &boot) {
		if (!version_of(*name) || inspect->kernels.count >= MAX_KERNELS)
			continue;
		if (take_kernel(v, guest, inspect, &boot, *name, err) < 0)
			return -1;
	}
	sort(inspect, default_kernel);
	return 0;
}
