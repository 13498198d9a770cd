/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking an initramfs: segments, cpio members, what they tell. */
#include "initrd/initrd.h"

#include "core/file.h"
#include "initrd/cpio.h"
#include "initrd/modules.h"
#include "initrd/stream.h"

#include <sys/stat.h>

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

const char *v2v_initrd_text(const struct v2v_initrd *initrd, const char *path)
{
	const char *found = NULL;

	/* Later members win, as they do when the kernel unpacks. */
	v2v_list_foreach (const struct v2v_initrd_text, text, &initrd->texts)
		if (strcmp(text->path, path) == 0)
			found = text->text;
	return found;
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
	char *module;

	if (!n)
		return;
	if (!initrd->modules_dir)
		initrd->modules_dir = v2v_strndup(name, n);
	module = v2v_module_name(name + n);
	if (module)
		*(char **)v2v_list_add(&initrd->modules, sizeof module) =
			module;
}

static void see_generator(struct v2v_initrd *initrd, const char *name)
{
	if (v2v_starts_with(name, "usr/lib/dracut/") ||
		strstr(name, "dracut-state"))
		initrd->generator = "dracut";
	else if (strcmp(name, "scripts/functions") == 0)
		initrd->generator = "initramfs-tools";
	else if (strcmp(name, "init_functions") == 0)
		initrd->generator = "mkinitcpio";
	if (strstr(name, "parse-ip-opts") || strstr(name, "/iscsi") ||
		strstr(name, "scripts/local-top/clevis"))
		initrd->brings_network = true;
}

static bool see(const struct v2v_cpio_member *member, void *opaque)
{
	struct v2v_initrd *initrd = opaque;

	if (S_ISLNK(member->mode) && strcmp(member->name, "lib") == 0)
		initrd->lib_is_link = true;
	if (S_ISREG(member->mode))
		see_module(initrd, member->name);
	see_generator(initrd, member->name);
	return true;
}

static void keep(const char *name, const char *text, void *opaque)
{
	struct v2v_initrd *initrd = opaque;
	struct v2v_initrd_text *kept =
		v2v_list_add(&initrd->texts, sizeof *kept);

	kept->path = v2v_strdup(name);
	kept->text = v2v_strdup(text);
}

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

/* Does a whole archive, up to its trailer, begin at @from? */
static bool is_archive(const struct scan *scan, uint64_t from)
{
	struct v2v_cpio_walk cpio = { 0 };
	struct v2v_stream *stream = v2v_stream_open(
		scan->v, scan->fd, from, scan->size, NULL, NULL);
	bool whole =
		v2v_cpio_read(&cpio, stream, NULL) == 0 && cpio.ret_trailer;

	v2v_stream_close(stream);
	return whole;
}

#define WINDOW (1 << 20)
/* Headers that lead nowhere: hostile input shall not cost more. */
#define MAX_CANDIDATES 64

/*
 * Where the next plain archive begins behind a compressed one, whose own end
 * only its decompressor knows: a cpio header on a 4-byte boundary that leads to
 * a trailer.  scan->size where there is none.
 */
static uint64_t find_archive(const struct scan *scan, uint64_t from)
{
	CLEANUP_FREE unsigned char *window = v2v_alloc(1, WINDOW);
	uint64_t at = (from + 3) / 4 * 4;
	unsigned candidates = 0;

	while (at + V2V_CPIO_HEADER < scan->size) {
		size_t n = scan->size - at < WINDOW ? (size_t)(scan->size - at)
						    : WINDOW;

		if (v2v_pread_all(scan->fd, "initrd", window, n, at, NULL) < 0)
			break;
		for (size_t i = 0; i + V2V_CPIO_HEADER <= n; i += 4)
			if (v2v_cpio_is_header(window + i) &&
				++candidates <= MAX_CANDIDATES &&
				is_archive(scan, at + i))
				return at + i;
		/* Windows overlap by a header. */
		at += n < WINDOW ? n : WINDOW - (V2V_CPIO_HEADER + 3) / 4 * 4;
	}
	return scan->size;
}

/* @end without the zeros before it. */
static uint64_t without_padding(
	const struct scan *scan, uint64_t from, uint64_t end)
{
	char byte = '\0';

	while (end > from && !byte) {
		if (v2v_pread_all(scan->fd, "initrd", &byte, 1, end - 1, NULL) <
			0)
			break;
		end -= byte == '\0';
	}
	return end;
}

/* Zeros that pad a compressed archive are damage to some decompressors (zstd,
 * xz); but its last byte may be a zero too, so they are cut only then. */
static int walk_padded(const struct scan *scan, uint64_t from, uint64_t end,
	const char *compression, struct v2v_error *err)
{
	struct v2v_error first = { 0 };
	uint64_t ignored;

	if (walk(scan, from, end, compression, &ignored, &first) == 0)
		return 0;
	if (v2v_check_cancel(scan->v, err) < 0)
		return -1;
	end = without_padding(scan, from, end);
	if (walk(scan, from, end, compression, &ignored, NULL) == 0)
		return 0;
	return v2v_fail(err, first.code, "%s", first.text);
}

static int walk_compressed(const struct scan *scan, uint64_t from,
	uint64_t *ret_end, struct v2v_error *err)
{
	struct v2v_initrd *initrd = scan->initrd;
	unsigned char magic[6] = { 0 };
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
	*ret_end = strcmp(compression, "lz4-legacy") == 0
			   ? scan->size
			   : find_archive(scan, from + sizeof magic);
	initrd->compression = compression;
	initrd->main_offset = from;
	initrd->main_end = *ret_end;
	return walk_padded(scan, from, *ret_end, compression, err);
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
	*ret_initrd = initrd;
	initrd = (struct v2v_initrd){ 0 };
	return 0;
}

static int copy_range(
	int in, int out, uint64_t from, uint64_t end, struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, WINDOW);

	while (from < end) {
		size_t n = end - from < WINDOW ? (size_t)(end - from) : WINDOW;

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
