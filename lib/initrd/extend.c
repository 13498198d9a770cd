/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extending an initramfs. */
#include "initrd/extend.h"

#include "core/file.h"
#include "initrd/depmod.h"
#include "initrd/loading.h"
#include "initrd/stream.h"

#include <sys/stat.h>

/* No module is larger, unpacked. */
#define MAX_MODULE (64 << 20)

struct work {
	const struct v2v_extend *e;
	struct v2v_cpio *cpio;
	char *dir;	       /* where modules go in the archive */
	struct v2v_list files; /* of struct v2v_initrd_module: all then there */
	struct v2v_list added; /* of char *: names of files, in order */
};

static void work_clear(struct work *w)
{
	v2v_list_foreach (struct v2v_initrd_module, file, &w->files) {
		free(file->name);
		free(file->path);
	}
	free(w->files.items);
	v2v_strings_clear(&w->added);
	free(w->dir);
}

/* An initrd can have many modules, and there are many to look for: a set. */
static json_t *names_in(const struct v2v_initrd *scan)
{
	json_t *names = json_object();

	v2v_list_foreach (
		const struct v2v_initrd_module, module, &scan->modules)
		json_object_set_new_nocheck(names, module->name, json_true());
	return names;
}

/* The files of the drivers, and of what they need, that the initrd lacks. */
static void find_missing(const struct v2v_extend *e, struct v2v_list *ret_paths)
{
	struct v2v_list all CLEANUP_STRINGS = { 0 };
	json_auto_t *there = names_in(e->scan);

	for (const char *const *name = e->drivers; name && *name; name++)
		if (!v2v_modules_is_builtin(e->modules, *name))
			v2v_modules_closure(e->modules, *name, &all);
	v2v_list_foreach (char *, path, &all) {
		CLEANUP_FREE char *name = v2v_module_name(*path);

		if (name && !json_object_get(there, name) &&
			!v2v_modules_is_builtin(e->modules, name))
			v2v_list_add_string(ret_paths, *path);
	}
}

bool v2v_extend_is_needed(const struct v2v_extend *e)
{
	struct v2v_list missing CLEANUP_STRINGS = { 0 };

	find_missing(e, &missing);
	return missing.count > 0;
}

/* These two look for modules' files in one folder, and know no index. */
static const char *flat_dir(const struct v2v_initrd *scan)
{
	if (v2v_streq(scan->generator, "booster"))
		return "usr/lib/modules";
	return v2v_streq(scan->generator, "nash") ? "lib" : NULL;
}

/* Where the archive keeps modules; nothing may be put over a link "lib". */
static char *archive_dir(const struct v2v_initrd *scan)
{
	if (flat_dir(scan))
		return v2v_strdup(flat_dir(scan));
	if (scan->modules_dir && !scan->is_flat)
		return v2v_strdup(scan->modules_dir);
	if (scan->modules_above)
		return v2v_format("%s/%s", scan->modules_above, scan->version);
	return v2v_format("%slib/modules/%s", scan->lib_is_link ? "usr/" : "",
		scan->version);
}

/* How much of the path is left without the compression's suffix: all of it
 * where there is none, or the initramfs has modules that are compressed so, and
 * and so what can load them. */
static size_t stored_length(const struct v2v_initrd *scan, const char *path)
{
	const char *dot = strrchr(path, '.');

	if (!dot || !strstr(path, ".ko.") || strcmp(dot, ".ko") == 0)
		return strlen(path);
	v2v_list_foreach (
		const struct v2v_initrd_module, module, &scan->modules)
		if (v2v_ends_with(module->path, dot))
			return strlen(path);
	return (size_t)(dot - path);
}

static int unpack(const struct v2v_extend *e, int in, uint64_t size, int out,
	struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, 64 << 10);
	unsigned char magic[6] = { 0 };
	const char *compression;
	struct v2v_stream *stream;
	uint64_t total = 0;
	ssize_t n;

	if (size < sizeof magic ||
		v2v_pread_all(in, "module", magic, sizeof magic, 0, err) < 0)
		return v2v_fail(err, "module-unreadable", "it is cut off");
	compression = v2v_stream_compression(magic);
	stream = v2v_stream_open(e->v, in, 0, size, compression, err);
	if (!stream)
		return -1;
	while ((n = v2v_stream_read(stream, block, 64 << 10, err)) > 0) {
		total += (uint64_t)n;
		if (total > MAX_MODULE ||
			v2v_write_all(out, "module", block, (size_t)n, err) < 0)
			break;
	}
	v2v_stream_close(stream);
	if (n == 0)
		return 0;
	return v2v_fail(err, "module-unreadable", "it is too large");
}

static int put_module(
	struct work *w, int fd, uint64_t size, struct v2v_error *err)
{
	const struct v2v_initrd_module *file =
		v2v_items(struct v2v_initrd_module, &w->files) +
		w->files.count - 1;
	CLEANUP_FREE char *place = v2v_format("%s/%s", w->dir, file->path);

	return v2v_cpio_add(w->cpio, place, fd, size, err);
}

static int put_unpacked(
	struct work *w, int fd, uint64_t size, struct v2v_error *err)
{
	CLEANUP_CLOSE int out = w->e->scratch(w->e->opaque, err);
	struct stat st;

	if (out < 0 || unpack(w->e, fd, size, out, err) < 0)
		return -1;
	if (fstat(out, &st) < 0)
		return v2v_fail_errno(err, "cannot unpack a module");
	return put_module(w, out, (uint64_t)st.st_size, err);
}

static int add_module(struct work *w, const char *path, struct v2v_error *err)
{
	const struct v2v_initrd *scan = w->e->scan;
	struct v2v_initrd_module *file = v2v_list_add(&w->files, sizeof *file);
	size_t length = stored_length(scan, path);
	CLEANUP_FREE char *stored = v2v_strndup(path, length);
	const char *base = strrchr(stored, '/');
	uint64_t size;
	CLEANUP_CLOSE int fd = w->e->fetch(path, &size, w->e->opaque, err);

	file->name = v2v_module_name(path);
	base = base ? base + 1 : stored;
	/* booster looks for the module's name, nash for the file's. */
	if (flat_dir(scan))
		file->path = v2v_streq(scan->generator, "booster")
				     ? v2v_format("%s.ko", file->name)
				     : v2v_strdup(base);
	else
		file->path = v2v_strdup(stored);
	v2v_list_add_string(&w->added, base);
	if (fd < 0)
		return -1;
	if (length == strlen(path))
		return put_module(w, fd, size, err);
	if (put_unpacked(w, fd, size, err) < 0)
		return v2v_fail_prefix(err, "module '%s'", path);
	return 0;
}

static int put_data(struct work *w, const char *name,
	const struct v2v_text *text, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", w->dir, name);

	return v2v_cpio_add_data(
		w->cpio, path, 0644, text->data, text->length, err);
}

/* Without the kernel's aliases those of the initramfs stay. */
static int put_index_of(struct work *w, const struct v2v_text *dep,
	const struct v2v_text *alias, const char *suffix, struct v2v_error *err)
{
	CLEANUP_FREE char *dep_name = v2v_format("modules.dep%s", suffix);
	CLEANUP_FREE char *alias_name = v2v_format("modules.alias%s", suffix);

	if (put_data(w, dep_name, dep, err) < 0)
		return -1;
	return w->e->aliases ? put_data(w, alias_name, alias, err) : 0;
}

/* Each form that is there; both where there is none yet. */
static int put_index(struct work *w, struct v2v_error *err)
{
	const struct v2v_initrd *scan = w->e->scan;
	bool none = !scan->index_text && !scan->index_bin;
	struct v2v_depmod index CLEANUP_DEPMOD = { 0 };

	if (flat_dir(scan))
		return 0;
	v2v_depmod_make(&w->files, w->e->modules, w->e->aliases, &index);
	if ((scan->index_text || none) &&
		put_index_of(w, &index.dep, &index.alias, "", err) < 0)
		return -1;
	if (!scan->index_bin && !none)
		return 0;
	return put_index_of(w, &index.dep_bin, &index.alias_bin, ".bin", err);
}

static int put_texts(
	struct work *w, const struct v2v_list *texts, struct v2v_error *err)
{
	if (!texts)
		return 0;
	v2v_list_foreach (const struct v2v_initrd_text, text, texts)
		if (v2v_cpio_add_data(w->cpio, text->path, text->mode,
			    text->text, strlen(text->text), err) < 0)
			return -1;
	return 0;
}

static int put_loading(struct work *w, struct v2v_error *err)
{
	const struct v2v_extend *e = w->e;
	struct v2v_list drivers CLEANUP_STRINGS = { 0 };
	struct v2v_list texts = { 0 };
	int status;

	for (const char *const *name = e->drivers; *name; name++)
		if (v2v_modules_path(e->modules, *name) &&
			!v2v_modules_is_builtin(e->modules, *name))
			v2v_list_add_string(&drivers, *name);
	v2v_loading_edit(e->scan, e->modules, &drivers, &w->added, &texts);
	status = put_texts(w, &texts, err);
	v2v_initrd_texts_clear(&texts);
	return status;
}

int v2v_extend_write(const struct v2v_extend *e, const struct v2v_list *texts,
	struct v2v_cpio *cpio, struct v2v_error *err)
{
	struct v2v_list missing CLEANUP_STRINGS = { 0 };
	__attribute__((cleanup(work_clear))) struct work w = {
		.e = e,
		.cpio = cpio,
		.dir = archive_dir(e->scan),
	};

	find_missing(e, &missing);
	if (missing.count == 0)
		return put_texts(&w, texts, err) < 0
			       ? -1
			       : v2v_cpio_finish(cpio, err);
	v2v_list_foreach (
		const struct v2v_initrd_module, module, &e->scan->modules) {
		struct v2v_initrd_module *file =
			v2v_list_add(&w.files, sizeof *file);

		file->name = v2v_strdup(module->name);
		file->path = v2v_strdup(module->path);
	}
	v2v_list_foreach (char *, path, &missing)
		if (add_module(&w, *path, err) < 0)
			return -1;
	if (put_index(&w, err) < 0 || put_loading(&w, err) < 0 ||
		put_texts(&w, texts, err) < 0)
		return -1;
	return v2v_cpio_finish(cpio, err);
}
