/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking an initramfs: segments, cpio members, what they tell. */
#include "initrd/initrd.h"

#include "core/file.h"
#include "initrd/bounds.h"
#include "initrd/cpio.h"
#include "initrd/signs.h"
#include "initrd/stream.h"

#include <sys/stat.h>

void v2v_initrd_texts_clear(struct v2v_list *texts)
{
	v2v_list_foreach (struct v2v_initrd_text, text, texts) {
		free(text->path);
		free(text->text);
	}
	free(texts->items);
	*texts = (struct v2v_list){ 0 };
}

static void module_clear(struct v2v_initrd_module *module)
{
	free(module->name);
	free(module->path);
}

void v2v_initrd_clear(struct v2v_initrd *initrd)
{
	v2v_list_foreach (struct v2v_initrd_module, module, &initrd->modules)
		module_clear(module);
	free(initrd->modules.items);
	v2v_initrd_texts_clear(&initrd->texts);
	free(initrd->modules_dir);
	free(initrd->modules_above);
	*initrd = (struct v2v_initrd){ 0 };
}

bool v2v_initrd_has_module(const struct v2v_initrd *initrd, const char *name)
{
	v2v_list_foreach (
		const struct v2v_initrd_module, module, &initrd->modules)
		if (strcmp(module->name, name) == 0)
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

const struct v2v_initrd_text *v2v_initrd_file(
	const struct v2v_initrd *initrd, const char *path)
{
	return find_text(initrd, path);
}

const char *v2v_initrd_text(const struct v2v_initrd *initrd, const char *path)
{
	const struct v2v_initrd_text *found = find_text(initrd, path);

	return found ? found->text : NULL;
}

#define MAGIC 6 /* bytes that tell the compression */

/* One walk for all the kernels that an archive is for. */
struct scan {
	struct v2v *v;
	int fd;
	uint64_t size;
	const char *const *capture;
	struct v2v_initrd *initrds; /* one for each version */
	size_t count;
	struct v2v_initrd_budget *budget; /* NULL: none */
};

/* A link that a later archive puts in the place of a text. */
static void forget_text(struct v2v_initrd *initrd, const char *path)
{
	struct v2v_initrd_text *text = find_text(initrd, path);
	struct v2v_initrd_text *last = initrd->texts.items;

	if (!text)
		return;
	free(text->path);
	free(text->text);
	last += --initrd->texts.count;
	*text = *last;
}

static bool see(const struct v2v_cpio_member *member, void *opaque)
{
	const struct scan *scan = opaque;

	for (size_t i = 0; i < scan->count; i++) {
		v2v_initrd_see(&scan->initrds[i], member);
		if (S_ISLNK(member->mode))
			forget_text(&scan->initrds[i], member->name);
	}
	return true;
}

/* Folders may be captured: what they hold is not counted on. */
#define MAX_TEXTS      256
#define MAX_TEXT_BYTES (8 << 20)

static void keep_in(struct v2v_initrd *initrd,
	const struct v2v_cpio_member *member, const char *text)
{
	struct v2v_initrd_text *kept = find_text(initrd, member->name);

	if (initrd->text_bytes + strlen(text) > MAX_TEXT_BYTES ||
		(!kept && initrd->texts.count >= MAX_TEXTS))
		return;
	/* Later members win, as they do when the kernel unpacks. */
	if (kept) {
		free(kept->text);
	} else {
		kept = v2v_list_add(&initrd->texts, sizeof *kept);
		kept->path = v2v_strdup(member->name);
	}
	kept->text = v2v_strdup(text);
	kept->mode = member->mode;
	initrd->text_bytes += strlen(text);
}

static void keep(
	const struct v2v_cpio_member *member, const char *text, void *opaque)
{
	const struct scan *scan = opaque;

	for (size_t i = 0; i < scan->count; i++)
		keep_in(&scan->initrds[i], member, text);
}

/* Walk one segment; *@ret_end is where something else than cpio begins. */
static int walk(const struct scan *scan, uint64_t from, uint64_t end,
	const char *compression, uint64_t *ret_end, struct v2v_error *err)
{
	struct v2v_cpio_walk cpio = {
		.see = see,
		.keep = keep,
		.opaque = (void *)scan,
		.capture = scan->capture,
	};
	struct v2v_stream *stream =
		v2v_stream_open(scan->v, scan->fd, from, end, compression, err);
	int status;

	if (!stream)
		return -1;
	v2v_stream_limit(stream, scan->budget ? &scan->budget->unpacked : NULL);
	status = v2v_cpio_read(&cpio, stream, err);
	v2v_stream_close(stream);
	*ret_end = from + cpio.ret_position;
	if (compression)
		scan->initrds->main_bytes =
			cpio.ret_whole ? cpio.ret_position : 0;
	if (status == 0 && compression && !cpio.ret_trailer)
		return v2v_fail(err, "initrd-unreadable",
			"the compressed archive is cut off, or no cpio");
	return status;
}

/* A walk that failed begins again: forget the modules that it found. */
static void forget_modules(struct v2v_initrd *initrd)
{
	struct v2v_initrd_module *modules = initrd->modules.items;

	while (initrd->modules.count > initrd->modules_before)
		module_clear(&modules[--initrd->modules.count]);
}

/* Zeros that pad a compressed archive are damage to some decompressors (zstd,
 * xz); but its last byte may be a zero too, so they are cut only then. */
static int walk_padded(const struct scan *scan, uint64_t from, uint64_t end,
	const char *compression, struct v2v_error *err)
{
	struct v2v_error first = { 0 };
	uint64_t ignored;

	for (size_t i = 0; i < scan->count; i++)
		scan->initrds[i].modules_before =
			scan->initrds[i].modules.count;
	if (walk(scan, from, end, compression, &ignored, &first) == 0)
		return 0;
	if (v2v_check_cancel(scan->v, err) < 0)
		return -1;
	if (!v2v_streq(first.code, "initrd-unreadable"))
		return v2v_fail(err, first.code, "%s", first.text);
	for (size_t i = 0; i < scan->count; i++)
		forget_modules(&scan->initrds[i]);
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
	struct v2v_initrd *initrd = scan->initrds;
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
static void see_through_link(const struct v2v_initrd *initrd, char **folder)
{
	CLEANUP_FREE char *name = v2v_take(*folder);

	if (name && initrd->lib_is_link &&
		(v2v_starts_with(name, "lib/") || strcmp(name, "lib") == 0))
		*folder = v2v_format("usr/%s", name);
	else
		*folder = v2v_take(name);
}

/* What is the same for all versions is in the first. */
static void finish(const struct scan *scan)
{
	const struct v2v_initrd *first = scan->initrds;

	for (size_t i = 0; i < scan->count; i++) {
		struct v2v_initrd *initrd = &scan->initrds[i];

		initrd->compression = first->compression;
		initrd->main_offset = first->main_offset;
		initrd->main_end = first->main_end;
		initrd->main_bytes = first->main_bytes;
		see_through_link(initrd, &initrd->modules_dir);
		see_through_link(initrd, &initrd->modules_above);
	}
}

static int scan_segments(const struct scan *scan, struct v2v_error *err)
{
	uint64_t at = 0;

	if (scan->size == 0)
		return v2v_fail(err, "initrd-unreadable", "it is empty");
	while (at < scan->size) {
		if (walk(scan, at, scan->size, NULL, &at, err) < 0)
			return -1;
		if (at < scan->size && walk_compressed(scan, at, &at, err) < 0)
			return -1;
	}
	finish(scan);
	return 0;
}

int v2v_initrd_scan_all(struct v2v *v, int fd, uint64_t size,
	const char *const *capture, struct v2v_initrd_budget *budget,
	struct v2v_initrd *initrds, size_t count, struct v2v_error *err)
{
	const struct scan scan = { v, fd, size, capture, initrds, count,
		budget };

	initrds[0].compression = "none";
	if (scan_segments(&scan, err) == 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		v2v_initrd_clear(&initrds[i]);
	return -1;
}

int v2v_initrd_scan(struct v2v *v, int fd, uint64_t size, const char *version,
	const char *const *capture, struct v2v_initrd *ret_initrd,
	struct v2v_error *err)
{
	struct v2v_initrd initrd = { .version = version };

	if (v2v_initrd_scan_all(v, fd, size, capture, NULL, &initrd, 1, err) <
		0)
		return -1;
	*ret_initrd = initrd;
	return 0;
}

int v2v_initrd_scan_more(struct v2v *v, int fd, uint64_t from, uint64_t end,
	const char *const *capture, struct v2v_initrd *initrds, size_t count,
	struct v2v_error *err)
{
	const struct scan scan = { v, fd, end, capture, initrds, count, NULL };
	uint64_t ignored;

	return walk(&scan, from, end, NULL, &ignored, err);
}
