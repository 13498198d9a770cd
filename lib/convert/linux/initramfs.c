/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds: what is missing is appended; nothing is built anew. */
#include "inspect/initramfs.h"
#include "convert/linux/linux.h"
#include "convert/linux/rebuild.h"
#include "convert/linux/stale.h"
#include "guest/files.h"
#include "inspect/network.h"

#include <sys/stat.h>

static void put_text(struct v2v_list *texts, const char *path, char *text)
{
	struct v2v_initrd_text *added = v2v_list_add(texts, sizeof *added);

	added->path = v2v_strdup(path);
	added->text = text;
	added->mode = 0644;
}

/* systemd before 240 gives no second name to a card that the initramfs's udev
 * has named (NEWS of systemd 240).  Where it is not known, it is not old. */
static bool names_once(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (v2v_streq(app->name, "systemd") && app->version)
			return strtoul(app->version, NULL, 10) < 240;
	return false;
}

/* The files that name the network cards, where the initramfs brings up the
 * network, or would name the new card by itself.  Those that it has stay. */
static void add_names(struct v2v_linux *c, const struct v2v_initrd *scan,
	struct v2v_list *texts)
{
	struct v2v_list paths CLEANUP_NAMES = { 0 };

	if (c->leave_network ||
		(!scan->brings_network &&
			!(v2v_initrd_has_module(scan, "virtio_net") &&
				names_once(c->inspect))))
		return;
	v2v_network_naming_files(c->guest, &paths);
	v2v_list_foreach (char *, path, &paths) {
		CLEANUP_FREE char *text = v2v_guest_text(c->guest, *path);
		const char *name = *path + strspn(*path, "/");

		if (text && !v2v_streq(text, v2v_initrd_text(scan, name)))
			put_text(texts, name, v2v_take(text));
	}
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

static void tell(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_initramfs *plan, bool is_lz4,
	const struct v2v_text *what)
{
	const char *anew = is_lz4 ? "stored anew with gzip, " : "";
	bool is_ahci = plan->drivers && strcmp(*plan->drivers, "ahci") == 0;

	if (plan->is_needed)
		v2v_linux_changed(c, kernel->initrd,
			"%s%s drivers for %s appended, %llu bytes%s%s", anew,
			is_ahci ? "AHCI" : "virtio", kernel->version,
			(unsigned long long)plan->added,
			what->length ? "; " : "",
			what->length ? what->data : "");
	else
		v2v_linux_changed(c, kernel->initrd, "%sappended: %s", anew,
			what->length ? what->data : "names of network cards");
}

static int append(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_initramfs *plan, const struct v2v_text *what,
	struct v2v_error *err)
{
	bool is_lz4 = strcmp(plan->scan.compression, "lz4-legacy") == 0;
	uint64_t size = plan->size;

	if (is_lz4 && repack(c, kernel, plan, &size, err) < 0)
		return -1;
	if (v2v_guest_put(c->guest, plan->added_fd, kernel->initrd,
		    aligned(size), err) < 0)
		return -1;
	tell(c, kernel, plan, is_lz4, what);
	return 0;
}

static int extend(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_modules *modules, bool *ret_extended,
	struct v2v_error *err)
{
	struct v2v_initramfs plan CLEANUP_INITRAMFS = V2V_INITRAMFS_NONE;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_list texts = { 0 };
	int status;

	if (v2v_initramfs_plan(c->v, c->guest, kernel, modules,
		    v2v_inspect_block_bus(c->inspect), &plan, err) < 0)
		return -1;
	v2v_stale_edit(&plan.scan, &c->devices, &texts, &what);
	add_names(c, &plan.scan, &texts);
	status = v2v_initramfs_build(
		c->v, c->guest, kernel, modules, &texts, &plan, err);
	v2v_initrd_texts_clear(&texts);
	*ret_extended = status == 0 && plan.added > 0;
	return *ret_extended ? append(c, kernel, &plan, &what, err) : status;
}

static int do_kernel(struct v2v_linux *c, const struct v2v_kernel *kernel,
	bool *ret_extended, struct v2v_error *err)
{
	struct v2v_modules *modules = v2v_initramfs_modules(c->guest, kernel);
	int status = extend(c, kernel, modules, ret_extended, err);

	v2v_modules_free(modules);
	return status;
}

static bool is_there(const char *path, void *opaque)
{
	return v2v_guest_is_file(opaque, path);
}

static int run(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_list *drivers, struct v2v_error *err)
{
	const char *slash = strrchr(kernel->modpath, '/');
	const struct v2v_rebuild rebuild = { slash + 1, kernel->vmlinuz,
		kernel->initrd, c->inspect->root, drivers };
	struct v2v_list argv CLEANUP_STRINGS = { 0 };
	const char *name =
		v2v_rebuild_command(&rebuild, is_there, c->guest, &argv);

	if (!name)
		return v2v_fail(err, "initramfs-no-tool",
			"'%s' cannot be made anew: the guest has none of %s",
			kernel->initrd, V2V_REBUILD_TOOLS);
	v2v_list_add(&argv, sizeof(char *));
	if (v2v_guest_run(c->guest, argv.items, err) < 0)
		return -1;
	v2v_linux_changed(
		c, kernel->initrd, "made anew by the guest's %s", name);
	return 0;
}

/* By the guest's own tool; each initrd once, whichever kernels share it. */
static int rebuild_all(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list drivers CLEANUP_STRINGS = { 0 };
	const struct v2v_kernel *kernels = c->inspect->kernels.items;

	v2v_linux_drivers(c, &drivers);
	for (size_t i = 0; i < c->inspect->kernels.count; i++) {
		bool is_done = false;

		for (size_t j = 0; j < i; j++)
			is_done |=
				v2v_streq(kernels[j].initrd, kernels[i].initrd);
		if (is_done || !kernels[i].initrd || !kernels[i].modpath ||
			!v2v_inspect_can_use(c->inspect, &kernels[i]))
			continue;
		if (run(c, &kernels[i], &drivers, err) < 0)
			return -1;
	}
	if (kernels && kernels->initrd)
		c->caps->initrd = v2v_strdup("rebuilt");
	return 0;
}

int v2v_linux_initramfs(struct v2v_linux *c, struct v2v_error *err)
{
	bool any = false;

	if (c->rebuild_initramfs)
		return v2v_linux_persist(c, err) < 0 ? -1 : rebuild_all(c, err);
	v2v_list_foreach (
		const struct v2v_kernel, kernel, &c->inspect->kernels) {
		bool extended = false;

		/* -1: told by the inspection, and a blocker where it is the
		 * default kernel's.  0: it may still name old devices. */
		if (!kernel->initrd || kernel->initrd_needs < 0 ||
			!v2v_inspect_can_use(c->inspect, kernel))
			continue;
		if (do_kernel(c, kernel, &extended, err) < 0)
			return -1;
		any |= extended && kernel->is_default;
	}
	if (c->inspect->kernels.count &&
		v2v_items(struct v2v_kernel, &c->inspect->kernels)[0].initrd)
		c->caps->initrd = v2v_strdup(any ? "extended" : "kept");
	return v2v_linux_persist(c, err);
}
