/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds: what is missing is appended; nothing is built anew. */
#include "inspect/initramfs.h"
#include "convert/linux/linux.h"
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

/* Where update-initramfs of old keeps the sum of what it made; Debian's updates
 * nothing else: "has been altered.  Cannot update."  The caller's. */
static char *sum_path(const struct v2v_kernel *kernel)
{
	static const char stem[] = "/boot/initrd.img-";

	return v2v_starts_with(kernel->initrd, stem)
		       ? v2v_format("/var/lib/initramfs-tools/%s",
				 kernel->initrd + strlen(stem))
		       : NULL;
}

/* As sha1sum(1) writes it; NULL where it cannot be read. */
static char *sum_of(struct v2v_linux *c, const struct v2v_kernel *kernel)
{
	CLEANUP_FREE char *sum = v2v_guest_sha1(c->guest, kernel->initrd);

	return sum ? v2v_format("%s  %s\n", sum, kernel->initrd) : NULL;
}

/* Append; a sum that was true stays true. */
static int append_summed(struct v2v_linux *c, const struct v2v_kernel *kernel,
	const struct v2v_initramfs *plan, const struct v2v_text *what,
	struct v2v_error *err)
{
	CLEANUP_FREE char *path = sum_path(kernel);
	CLEANUP_FREE char *kept = path ? v2v_guest_text(c->guest, path) : NULL;
	CLEANUP_FREE char *before = kept ? sum_of(c, kernel) : NULL;
	CLEANUP_FREE char *after = NULL;

	if (append(c, kernel, plan, what, err) < 0)
		return -1;
	if (!before || strcmp(before, kept) != 0)
		return 0;
	after = sum_of(c, kernel);
	if (!after)
		return 0;
	if (v2v_guest_write(c->guest, path, after, err) < 0)
		return -1;
	v2v_linux_changed(c, path, "the sum of the extended initrd");
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
	return *ret_extended ? append_summed(c, kernel, &plan, &what, err)
			     : status;
}

static int do_kernel(struct v2v_linux *c, const struct v2v_kernel *kernel,
	bool *ret_extended, struct v2v_error *err)
{
	struct v2v_modules *modules = v2v_initramfs_modules(c->guest, kernel);
	int status = extend(c, kernel, modules, ret_extended, err);

	v2v_modules_free(modules);
	return status;
}

int v2v_linux_initramfs(struct v2v_linux *c, struct v2v_error *err)
{
	bool any = false;

	if (c->rebuild_initramfs)
		return v2v_linux_persist(c, err) < 0
			       ? -1
			       : v2v_linux_rebuild(c, err);
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
