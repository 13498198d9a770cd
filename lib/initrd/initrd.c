/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking an initramfs: segments, cpio members, what they tell. */
#include "initrd/initrd.h"

#include "core/file.h"
#include "initrd/bounds.h"
#include "initrd/cpio.h"
#include "initrd/modules.h"
#include "initrd/stream.h"

#include <sys/stat.h>

/* No kernel has a longer name (MODULE_NAME_LEN, 56 or 64), or so many. */
#define MAX_MODULE_NAME 64
#define MAX_MODULES	65536

static void text_clear(struct v2v_initrd_text *text)
{
	free(text->path);
	free(text->text);
}

void v2v_initrd_clear(struct v2v_initrd *initrd)
{
	v2v_list_foreach (char *, name, &initrd->modules)
		free(*name);
	v2v_list_foreach (struct v2v_initrd_text, text, &initrd->texts)
		text_clear(text);
	free(initrd->modules.items);
	free(initrd->texts.items);
	free(initrd->modules_dir);
	*initrd = (struct v2v_initrd){ 0 };
}

bool v2v_initrd_has_module(const struct v2v_initrd *initrd, const char *name)
{
	v2v_list_foreach (char *, have, &initrd->modules)
		if (strcmp(*have, name) == 0)
			return true;
	return false;
}

static struct v2v_initrd_text *find_text(
	const struct v2v_initrd *initrd, const char *path)
{
	v2v_list_foreach (struct v2v_initrd_text, text, &initrd->texts)
		if (strcmp(text->path, path) == 0)
			return text;
	return NULL;
}

const char *v2v_initrd_text(const struct v2v_initrd *initrd, const char *path)
{
	const struct v2v_initrd_text *found = find_text(initrd, path);

	return found ? found->text : NULL;
}

/* "lib/modules/V/…" or "usr/lib/modules/V/…": the length up to V's end. */
static size_t modules_prefix(const char *name)
{
	size_t n = v2v_starts_with(name, "usr/") ? 4 : 0;
	static const char folder[] = "lib/modules/";

	if (!v2v_starts_with(name + n, folder))
		return 0;
	n += strlen(folder);
	n += strcspn(name + n, "/");
	return name[n] == '/' ? n : 0;
}

static void see_module(struct v2v_initrd *initrd, const char *name)
{
	size_t n = modules_prefix(name);
	CLEANUP_FREE char *module = NULL;

	if (!n)
		return;
	if (!initrd->modules_dir)
		initrd->modules_dir = v2v_strndup(name, n);
	if (initrd->modules.count >= MAX_MODULES)
		return;
	module = v2v_module_name(name + n);
	if (module && strlen(module) <= MAX_MODULE_NAME)
		*(char **)v2v_list_add(&initrd->modules, sizeof module) =
			v2v_take(module);
}

static void see_generator(struct v2v_initrd *initrd, const char *name)
{
	if (v2v_starts_with(name, "usr/lib/dracut/") ||
		strstr(name, "dracut-state") ||
		v2v_ends_with(name, "lib/dracut-lib.sh"))
		initrd->generator = "dracut";
	else if (strcmp(name, "scripts/functions") == 0 ||
		 strcmp(name, "conf/initramfs.conf") == 0)
		initrd->generator = "initramfs-tools";
	else if (strcmp(name, "init_functions") == 0)
		initrd->generator = "mkinitcpio";
}

/*
 * Programs and hooks that are there only where root or its key comes over the
 * network.  Drivers tell nothing: initramfs-tools takes all of drivers/scsi,
 * iscsi_tcp with it; nor does its scripts/nfs, which is always there.
 */
static void see_network(struct v2v_initrd *initrd, const char *name)
{
	static const char *const tells[] = {
		"-parse-ip-opts.sh", /* dracut's hooks/cmdline/NN-… */
		"/sbin/dhclient",
		"/sbin/NetworkManager",
		"/systemd-networkd",
		"scripts/local-top/iscsi",
		"scripts/local-top/clevis",
		"scripts/init-premount/clevis",
	};

	for (size_t i = 0; i < sizeof tells / sizeof tells[0]; i++)
		initrd->brings_network |= v2v_ends_with(name, tells[i]);
}

static bool see(const struct v2v_cpio_member *member, void *opaque)
{
	struct v2v_initrd *initrd = opaque;

	if (S_ISLNK(member->mode) && strcmp(member->name, "lib") == 0)
		initrd->lib_is_link = true;
	if (S_ISREG(member->mode))
		see_module(initrd, member->name);
	see_generator(initrd, member->name);
	if (!S_ISDIR(member->mode))
		see_network(initrd, member->name);
	return true;
}

static void keep(const char *name, const char *text, void *opaque)
{
	struct v2v_initrd *initrd = opaque;
	struct v2v_initrd_text *kept = find_text(initrd, name);

	/* Later members win, as they do when the kernel unpacks. */
	if (kept) {
		free(kept->text);
	} else {
		kept = v2v_list_add(&initrd->texts, sizeof *kept);
		kept->path = v2v_strdup(name);
	}
	kept->text = v2v_strdup(text);
}

#define MAGIC 6 /* bytes that tell the compression */

struct scan {
	struct v2v *v;
	int fd;
	uint64_t size;
	const char *const *capture;
	struct v2v_initrd *initrd;
};

/* Walk one segment; *@ret_end is where something else than cpio begins. */
static int walk(const struct scan *scan, uint64_t from, uint64_t end,
	const char *compression, uint64_t *ret_end, struct v2v_error *err)
{
	struct v2v_cpio_walk cpio = {
		.see = see,
		.keep = keep,
		.opaque = scan->initrd,
		.capture = scan->capture,
	};
	struct v2v_stream *stream =
		v2v_stream_open(scan->v, scan->fd, from, end, compression, err);
	int status;

	if (!stream)
		return -1;
	status = v2v_cpio_read(&cpio, stream, err);
	v2v_stream_close(stream);
	*ret_end = from + cpio.ret_position;
	if (status == 0 && compression && !cpio.ret_trailer)
		return v2v_fail(err, "initrd-unreadable",
			"the compressed archive is cut off, or no cpio");
	return status;
}

/* A walk that failed begins anew: keep the first @count modules only. */
static void forget_modules(struct v2v_initrd *initrd, size_t count)
{
	char **names = initrd->modules.items;

	while (initrd->modules.count > count)
		free(names[--initrd->modules.count]);
}

/* Zeros that pad a compressed archive are damage to some decompressors (zstd,
 * xz); but its last byte may be a zero too, so they are cut only then. */
static int walk_padded(const struct scan *scan, uint64_t from, uint64_t end,
	const char *compression, struct v2v_error *err)
{
	struct v2v_error first = { 0 };
	size_t known = scan->initrd->modules.count;
	uint64_t ignored;

	if (walk(scan, from, end, compression, &ignored, &first) == 0)
		return 0;
	if (v2v_check_cancel(scan->v, err) < 0)
		return -1;
	forget_modules(scan->initrd, known);
	end = v2v_initrd_without_padding(scan->fd, from, end);
	if (walk(scan, from, end, compression, &ignored, NULL) == 0)
		return 0;
	return v2v_fail(err, first.code, "%s", first.text);
}

/* Where to go on, and where the archive's own bytes end at the latest.  The
 * kernel cannot read on behind LZ4 legacy, so nothing is looked for there. */
static uint64_t compressed_end(const struct scan *scan, uint64_t from,
	const char *compression, uint64_t *ret_main_end)
{
	if (strcmp(compression, "lz4-legacy") == 0) {
		*ret_main_end = v2v_initrd_lz4_end(scan->fd, from, scan->size);
		return scan->size;
	}
	*ret_main_end = v2v_initrd_next_archive(
		scan->v, scan->fd, from + MAGIC, scan->size);
	return *ret_main_end;
}

static int walk_compressed(const struct scan *scan, uint64_t from,
	uint64_t *ret_end, struct v2v_error *err)
{
	struct v2v_initrd *initrd = scan->initrd;
	unsigned char magic[MAGIC] = { 0 };
	const char *compression;

	if (scan->size - from >= sizeof magic &&
		v2v_pread_all(
			scan->fd, "initrd", magic, sizeof magic, from, err) < 0)
		return -1;
	compression = v2v_stream_compression(magic);
	if (!compression)
		return v2v_fail(err, "initrd-unreadable",
			"neither cpio nor a known compression at byte %llu",
			(unsigned long long)from);
	*ret_end = compressed_end(scan, from, compression, &initrd->main_end);
	initrd->compression = compression;
	initrd->main_offset = from;
	return walk_padded(scan, from, initrd->main_end, compression, err);
}

/* Members may have been put in through the link "lib"; a folder of that name
 * that is appended would take the link's place, and hide all of usr/lib. */
static void see_through_link(struct v2v_initrd *initrd)
{
	CLEANUP_FREE char *dir = initrd->modules_dir;

	initrd->modules_dir = NULL;
	if (dir && initrd->lib_is_link && v2v_starts_with(dir, "lib/"))
		initrd->modules_dir = v2v_format("usr/%s", dir);
	else
		initrd->modules_dir = v2v_take(dir);
}

int v2v_initrd_scan(struct v2v *v, int fd, uint64_t size,
	const char *const *capture, struct v2v_initrd *ret_initrd,
	struct v2v_error *err)
{
	struct v2v_initrd initrd CLEANUP_INITRD = { .compression = "none" };
	struct scan scan = { v, fd, size, capture, &initrd };
	uint64_t at = 0;

	if (size == 0)
		return v2v_fail(err, "initrd-unreadable", "it is empty");
	while (at < size) {
		if (walk(&scan, at, size, NULL, &at, err) < 0)
			return -1;
		if (at < size && walk_compressed(&scan, at, &at, err) < 0)
			return -1;
	}
	see_through_link(&initrd);
	*ret_initrd = initrd;
	initrd = (struct v2v_initrd){ 0 };
	return 0;
}

#define BLOCK (1 << 20)

static int copy_range(
	int in, int out, uint64_t from, uint64_t end, struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);

	while (from < end) {
		size_t n = end - from < BLOCK ? (size_t)(end - from) : BLOCK;

		if (v2v_pread_all(in, "initrd", block, n, from, err) < 0 ||
			v2v_write_all(out, "initrd", block, n, err) < 0)
			return -1;
		from += n;
	}
	return 0;
}

int v2v_initrd_repack(struct v2v *v, int in, const struct v2v_initrd *initrd,
	int out, struct v2v_error *err)
{
	struct v2v_stream *stream;
	int status;

	if (copy_range(in, out, 0, initrd->main_offset, err) < 0)
		return -1;
	stream = v2v_stream_open(v, in, initrd->main_offset, initrd->main_end,
		initrd->compression, err);
	if (!stream)
		return -1;
	status = v2v_stream_gzip(stream, out, err);
	v2v_stream_close(stream);
	return status;
}
