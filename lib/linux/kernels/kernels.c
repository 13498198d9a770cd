/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels, by their files in /boot and /lib/modules. */
#include "linux/kernels/kernels.h"

#include "guest/tree.h"
#include "initrd/bzimage.h"
#include "linux/kernels/kernel-files.h"
#include "linux/kernels/kernel-start.h"

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

	for (size_t i = 0; config && i < ARRAY_SIZE(known); i++)
		if (strstr(config, known[i].line))
			return known[i].arch;
	return NULL;
}

static void take_config(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_kernel *kernel)
{
	CLEANUP_FREE char *text =
		kernel->config ? v2v_tree_text(tree, kernel->config) : NULL;
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

static void take_kernel(const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_kernel_file *file)
{
	struct v2v_kernel *kernel =
		v2v_list_add(&inspect->kernels, sizeof *kernel);

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
	take_config(tree, inspect, kernel);
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

static char *resolve(const struct v2v_kernel_search *s, const char *path)
{
	return v2v_tree_resolve(s->tree, path);
}

static char *release(const struct v2v_kernel_search *s, const char *path)
{
	CLEANUP_FREE unsigned char *head = v2v_alloc(1, V2V_BZIMAGE_HEAD);
	size_t n = v2v_tree_read_at(s->tree, path, 0, head, V2V_BZIMAGE_HEAD);

	return v2v_bzimage_release(head, n);
}

int v2v_kernels_find(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_inspect *inspect, const struct v2v_list *entries,
	struct v2v_error *err)
{
	const struct v2v_kernel_search search = { tree, entries, resolve,
		release };
	struct v2v_list files CLEANUP_KERNEL_FILES = { 0 };
	struct v2v_initrd_budget budget = V2V_INITRD_BUDGET;

	v2v_kernel_files_find(&search, &files);
	if (files.count >= V2V_MAX_KERNELS)
		v2v_warn(v, "kernels-limit",
			"the guest has many kernels: no more than %d are "
			"looked at",
			V2V_MAX_KERNELS);
	v2v_list_foreach (struct v2v_kernel_file, file, &files)
		take_kernel(tree, inspect, file);
	if (v2v_kernel_starts(v, tree, inspect, &budget, err) < 0)
		return -1;
	sort(inspect);
	return v2v_kernel_starts_sata(v, tree, inspect, &budget, err);
}
