/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds: what is missing is appended; nothing is rebuilt. */
#include "linux/kernels/initramfs.h"
#include "convert/linux/linux.h"
#include "linux/kernels/initrd-network.h"
#include "linux/kernels/stale.h"
#include "linux/network/network.h"
#include "linux/sealed.h"

#include <fcntl.h>

/* In the place of what edits made of the archive's own. */
static void put_text(struct v2v_list *texts, const char *path, char *text)
{
	struct v2v_initrd_text *added;

	v2v_list_foreach (struct v2v_initrd_text, have, texts) {
		if (strcmp(have->path, path) != 0)
			continue;
		free(have->text);
		have->text = text;
		return;
	}
	added = v2v_list_add(texts, sizeof *added);
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
static void add_names(struct v2v_linux *c, const struct v2v_initramfs *plan,
	struct v2v_list *texts)
{
	const struct v2v_initrd *scan = plan->scan;
	struct v2v_list paths CLEANUP_STRINGS = { 0 };

	if (c->task->leave_network ||
		(!plan->brings_network &&
			!(v2v_initrd_has_module(scan, "virtio_net") &&
				names_once(c->inspect))))
		return;
	v2v_network_naming_files(c->tree, &paths);
	v2v_list_foreach (char *, path, &paths) {
		CLEANUP_FREE char *text = v2v_tree_text(c->tree, *path);
		const char *name = *path + strspn(*path, "/");

		if (text && !v2v_streq(text, v2v_initrd_text(scan, name)))
			put_text(texts, name, v2v_take(text));
	}
}

/* The kernel looks for a next archive on a 4-byte boundary. */
#define ALIGNMENT 4

/* An initrd that is compressed once more. */
struct repacking {
	struct v2v *v;
	int fd;			/* owned */
	struct v2v_initrd main; /* where its main archive lies */
};

static int make_repacked(void *opaque, int out, struct v2v_error *err)
{
	const struct repacking *r = opaque;

	return v2v_initrd_repack(r->v, r->fd, &r->main, NULL, out, err);
}

static void repacking_free(void *opaque)
{
	struct repacking *r = opaque;

	close(r->fd);
	free(r);
}

/* All of it was read, so it is known that it can be. */
static int repack_later(struct v2v_linux *c, const struct v2v_initrd_file *file,
	const char *path, struct v2v_error *err)
{
	const struct v2v_initrd *scan = &file->scans[0];
	struct v2v_maker maker = { make_repacked, repacking_free, NULL };
	struct repacking *r;
	int own = fcntl(file->fd, F_DUPFD_CLOEXEC, 3);

	if (own < 0)
		return v2v_fail_errno(err, "cannot keep a temporary file");
	maker.opaque = r = v2v_alloc(1, sizeof *r);
	r->v = c->v;
	r->fd = own;
	r->main.compression = scan->compression;
	r->main.main_offset = scan->main_offset;
	r->main.main_end = scan->main_end;
	return v2v_plan_replace_later(c->plan, path, &maker, file->size, err);
}

/* LZ4's legacy form cannot be appended to: the whole initrd is replaced. */
static int repack(struct v2v_linux *c, const struct v2v_initrd_file *file,
	const char *path, struct v2v_initrd_budget *budget,
	struct v2v_error *err)
{
	const uint64_t bytes = file->scans[0].main_bytes;
	CLEANUP_CLOSE int fd = -1;

	if (bytes && bytes <= budget->unpacked) {
		budget->unpacked -= bytes;
		return repack_later(c, file, path, err);
	}
	fd = v2v_tree_scratch(c->tree, err);
	if (fd < 0 || v2v_initrd_repack(c->v, file->fd, &file->scans[0], budget,
			      fd, err) < 0)
		return -1;
	return v2v_plan_replace(c->plan, path, fd, err);
}

/* All that was built for the kernels of one file. */
struct appended {
	struct v2v_text drivers; /* "virtio drivers for 6.1, AHCI …" */
	struct v2v_text what;	 /* else */
	bool for_default;
};

static void appended_clear(struct appended *a)
{
	v2v_text_clear(&a->drivers);
	v2v_text_clear(&a->what);
}

static void tell(struct v2v_linux *c, const char *path,
	const struct v2v_initrd_file *file, bool is_lz4,
	const struct appended *a)
{
	const char *prefix = is_lz4 ? "recompressed with gzip, " : "";

	if (a->drivers.length)
		v2v_plan_changed(c->plan, path, "initrd-lacks-virtio", NULL,
			"%s%s appended, %llu bytes%s%s", prefix,
			a->drivers.data, (unsigned long long)file->added,
			a->what.length ? "; " : "",
			a->what.length ? a->what.data : "");
	else
		v2v_plan_changed(c->plan, path, "initrd-stale", NULL,
			"%sappended: %s", prefix,
			a->what.length ? a->what.data
				       : "names of network cards");
}

static int append(struct v2v_linux *c, const char *path,
	const struct v2v_initrd_file *file, struct v2v_initrd_budget *budget,
	const struct appended *a, struct v2v_error *err)
{
	bool is_lz4 = strcmp(file->scans[0].compression, "lz4-legacy") == 0;

	if (is_lz4 && repack(c, file, path, budget, err) < 0)
		return -1;
	if (v2v_plan_append(c->plan, path, file->added_fd, ALIGNMENT, err) < 0)
		return -1;
	tell(c, path, file, is_lz4, a);
	return 0;
}

/* Where update-initramfs of old keeps the sum of what it made; Debian's updates
 * nothing else: "has been altered.  Cannot update."  The caller's. */
static char *sum_path(const char *initrd)
{
	static const char stem[] = "/boot/initrd.img-";

	return v2v_starts_with(initrd, stem)
		       ? v2v_format("/var/lib/initramfs-tools/%s",
				 initrd + strlen(stem))
		       : NULL;
}

/* As sha1sum(1) writes it; NULL where it cannot be read. */
static char *sum_of(struct v2v_linux *c, const char *initrd)
{
	CLEANUP_FREE char *sum = v2v_tree_sha1(c->tree, initrd);

	return sum ? v2v_format("%s  %s\n", sum, initrd) : NULL;
}

/* A sum of what was there before. */
struct sum {
	char *path;
	const char *initrd; /* by this name */
};

/* The sums that are true, of all the file's names (of struct sum). */
static void find_sums(struct v2v_linux *c, const struct v2v_initrd_file *file,
	struct v2v_list *sums)
{
	v2v_list_foreach (struct v2v_kernel *, kernel, &file->kernels) {
		const char *initrd = (*kernel)->initrd;
		CLEANUP_FREE char *path = sum_path(initrd);
		CLEANUP_FREE char *kept =
			path ? v2v_tree_text(c->tree, path) : NULL;
		CLEANUP_FREE char *before = kept ? sum_of(c, initrd) : NULL;
		struct sum *sum;

		if (!before || strcmp(before, kept) != 0)
			continue;
		sum = v2v_list_add(sums, sizeof *sum);
		sum->path = v2v_take(path);
		sum->initrd = initrd;
	}
}

/* A sum that was true stays true. */
static int renew_sums(
	struct v2v_linux *c, const struct v2v_list *sums, struct v2v_error *err)
{
	v2v_list_foreach (const struct sum, sum, sums) {
		CLEANUP_FREE char *after = sum_of(c, sum->initrd);

		if (!after)
			continue;
		if (v2v_plan_write(c->plan, sum->path, after, err) < 0)
			return -1;
		v2v_plan_changed(c->plan, sum->path, "initrd-sum", NULL,
			"the sum of the extended initrd");
	}
	return 0;
}

static void sums_clear(struct v2v_list *sums)
{
	v2v_list_foreach (struct sum, sum, sums)
		free(sum->path);
	free(sums->items);
}

static int append_summed(struct v2v_linux *c,
	const struct v2v_initrd_file *file, struct v2v_initrd_budget *budget,
	const struct appended *a, struct v2v_error *err)
{
	__attribute__((cleanup(sums_clear))) struct v2v_list sums = { 0 };
	const char *path =
		(*v2v_items(struct v2v_kernel *, &file->kernels))->initrd;

	find_sums(c, file, &sums);
	if (append(c, path, file, budget, a, err) < 0)
		return -1;
	return renew_sums(c, &sums, err);
}

static void tell_drivers(const struct v2v_initramfs *plan,
	const struct v2v_kernel *kernel, struct v2v_text *drivers)
{
	bool is_ahci = strcmp(*plan->drivers, "ahci") == 0;

	v2v_text_join(drivers, ", ", "%s drivers for %s",
		is_ahci ? "AHCI" : "virtio", kernel->version);
}

/* What this kernel needs that the initrd has not, nor got for another one. */
static int build(struct v2v_linux *c, struct v2v_initrd_file *file,
	const struct v2v_kernel *kernel, const struct v2v_modules *modules,
	struct appended *a, struct v2v_error *err)
{
	const uint64_t before = file->added;
	struct v2v_initramfs plan = { 0 };
	struct v2v_list texts = { 0 };
	int status;

	if (v2v_initramfs_plan(file, kernel, modules,
		    v2v_inspect_block_bus(c->inspect), &plan, err) < 0)
		return -1;
	c->initrd_network |= plan.brings_network;
	if (before == 0)
		v2v_stale_edit(plan.scan, &c->devices,
			c->task->leave_network || !c->cards.edit.macs
				? NULL
				: &c->cards.edit,
			&texts, &a->what);
	add_names(c, &plan, &texts);
	status = v2v_initramfs_build(
		c->v, c->tree, file, kernel, modules, &texts, &plan, err);
	v2v_initrd_texts_clear(&texts);
	if (status == 0 && file->added > before) {
		a->for_default |= kernel->is_default;
		if (plan.is_needed)
			tell_drivers(&plan, kernel, &a->drivers);
	}
	return status;
}

/* Each file once, whichever kernels it starts. */
static int do_file(struct v2v_linux *c, struct v2v_initrd_file *file,
	struct v2v_initrd_budget *budget, struct v2v_initramfs_modules *modules,
	bool *for_default, struct v2v_error *err)
{
	__attribute__((cleanup(appended_clear))) struct appended a = { 0 };

	if (v2v_initrd_file_read(c->v, c->tree, budget, file, err) < 0)
		return -1;
	v2v_list_foreach (struct v2v_kernel *, kernel, &file->kernels)
		if (build(c, file, *kernel,
			    v2v_initramfs_modules(
				    c->v, c->tree, *kernel, modules),
			    &a, err) < 0)
			return -1;
	if (file->added && append_summed(c, file, budget, &a, err) < 0)
		return -1;
	*for_default |= a.for_default;
	v2v_initrd_file_drop(file);
	return v2v_check_cancel(c->v, err);
}

/* Those whose initrds are extended, if need be. */
static void choose(const struct v2v_inspect *inspect, struct v2v_list *kernels)
{
	/* -1: reported by the inspection, and a blocker where it is the default
	 * kernel's.  0: it may still name old devices. */
	v2v_list_foreach (struct v2v_kernel, kernel, &inspect->kernels)
		if (kernel->initrd && kernel->initrd_needs >= 0 &&
			!v2v_is_in_store(kernel->initrd) &&
			v2v_inspect_can_use(inspect, kernel))
			*(struct v2v_kernel **)v2v_list_add(
				kernels, sizeof kernel) = kernel;
}

/* Before they are made again: the next ones are to have the cards' driver, too.
 * One that cannot be read tells nothing. */
static void look_for_network(struct v2v_linux *c, struct v2v_list *files)
{
	struct v2v_initrd_budget budget = V2V_INITRD_BUDGET;

	v2v_list_foreach (struct v2v_initrd_file, file, files) {
		if (v2v_initrd_file_read(c->v, c->tree, &budget, file, NULL) <
			0)
			continue;
		for (size_t i = 0; i < file->releases; i++)
			c->initrd_network |=
				v2v_initrd_brings_network(&file->scans[i]);
		v2v_initrd_file_drop(file);
	}
}

/* Extended once it is so, whatever comes later. */
static void set_result(struct v2v_linux *c, bool extended)
{
	if (c->caps->initrd && !extended)
		return;
	free(c->caps->initrd);
	c->caps->initrd = v2v_strdup(extended ? "extended" : "kept");
}

int v2v_linux_initramfs(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_initrd_budget budget = V2V_INITRD_BUDGET;
	struct v2v_list files CLEANUP_INITRD_FILES = { 0 };
	struct v2v_initramfs_modules modules CLEANUP_MODULES = { 0 };
	struct v2v_list kernels = { 0 };
	bool for_default = false;

	choose(c->inspect, &kernels);
	v2v_initrd_files_find(c->tree, &kernels, &files);
	free(kernels.items);
	/* By the guest's own tool, which is run later. */
	if (c->task->rebuild_initramfs) {
		look_for_network(c, &files);
		return 0;
	}
	v2v_list_foreach (struct v2v_initrd_file, file, &files)
		if (do_file(c, file, &budget, &modules, &for_default, err) < 0)
			return -1;
	if (c->inspect->kernels.count &&
		v2v_items(struct v2v_kernel, &c->inspect->kernels)[0].initrd)
		set_result(c, for_default);
	return 0;
}
