/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From options and a document to what may be reached. */
#include "common/confine.h"

#include "common/tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL behind the last; the strings are owned.  A document may name as many as
 * it likes, so room is made for twice as many each time. */
struct list {
	char **paths;
	size_t count;
};

struct lists {
	struct list readable, writable, programs;
};

static void put(struct list *list, const char *path)
{
	const size_t n = list->count;

	if ((n & (n - 1)) == 0)
		list->paths = reallocarray(
			list->paths, 2 * n + 2, sizeof *list->paths);
	if (!list->paths || !(list->paths[n] = strdup(path)))
		abort();
	list->paths[++list->count] = NULL;
}

static void free_list(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
}

static void clear(struct lists *lists)
{
	free_list(&lists->readable);
	free_list(&lists->writable);
	free_list(&lists->programs);
}

static void put_folder(struct list *list, const char *file)
{
	char *copy = strdup(file);

	if (!copy)
		abort();
	put(list, dirname(copy));
	free(copy);
}

/* Each part of @paths, "/usr/local/bin:/usr/bin", that is absolute. */
static void put_parts(struct list *list, const char *paths, const char *name)
{
	while (paths && *paths) {
		size_t n = strcspn(paths, ": ");
		char *path;

		if (asprintf(&path, "%.*s%s%s", (int)n, paths, name ? "/" : "",
			    name ? name : "") < 0)
			abort();
		if (*path == '/' && access(path, name ? X_OK : R_OK) == 0)
			put(list, path);
		free(path);
		paths += n + (paths[n] != '\0');
	}
}

/* What execvp() may find, and what ld.so was made to take. */
static void put_qemu(struct lists *lists)
{
	put_parts(&lists->programs, getenv("PATH"), "qemu-nbd");
	put_parts(&lists->readable, getenv("LD_LIBRARY_PATH"), NULL);
	put_parts(&lists->readable, getenv("LD_PRELOAD"), NULL);
}

static const char *string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "out" of v2v-copy is what it says; one that is not there is a directory that
 * the step does not find. */
static void put_output(struct lists *lists, const char *out)
{
	char own[sizeof "/proc/self/fd/" + 10];

	if (!out)
		return;
	if (strcmp(out, "-") != 0) {
		put(&lists->writable, out);
		return;
	}
	snprintf(own, sizeof own, "/proc/self/fd/%d", STDOUT_FILENO);
	put(&lists->writable, own);
}

static bool is_uri(const char *out)
{
	return out && strstr(out, "://");
}

/* Certificates can be anywhere. */
static bool is_anything_read(const struct tool_reach *reach)
{
	return is_uri(reach->out) && strncmp(reach->out, "nbds", 4) == 0;
}

static void put_reach(struct lists *lists, const struct tool_reach *reach)
{
	if (!is_uri(reach->out))
		put_output(lists, reach->out);
	if (reach->workdir)
		put(&lists->writable, reach->workdir);
	if (reach->makes_workdir || reach->runs_qemu)
		put(&lists->writable, tool_tmpdir());
	if (reach->runs_qemu)
		put_qemu(lists);
	if (is_anything_read(reach))
		put(&lists->readable, "/");
}

static struct v2v_confine_options as_options(
	const struct lists *lists, const struct tool_reach *reach)
{
	return V2V_OPTIONS(confine,
		.readable = (const char *const *)lists->readable.paths,
		.writable = (const char *const *)lists->writable.paths,
		.programs = (const char *const *)lists->programs.paths,
		.network = is_uri(reach->out));
}

/* A text, such as an OVF or a VMDK's descriptor, names files beside it; what is
 * binary holds all it has. */
static bool names_others(const char *file)
{
	unsigned char start[512] = { 0 };
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1, at = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = pread(fd, start, sizeof start, 0);
	close(fd);
	if (n >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	else if (n >= 2 && (memcmp(start, "\xff\xfe", 2) == 0 ||
				   memcmp(start, "\xfe\xff", 2) == 0))
		return true;
	while (at < n && (!start[at] || strchr(" \t\r\n", start[at])))
		at++;
	/* Without a title a VMDK's descriptor begins with any word. */
	return at < n && (start[at] == '<' || start[at] == '#' ||
				 !memchr(start, '\0', (size_t)n));
}

/* @has_layers: those lie beside it or below its folder. */
static void put_file(struct lists *lists, const char *file, bool has_layers)
{
	char *real = realpath(file, NULL);

	if (real) {
		put(&lists->readable, real);
		if (has_layers || names_others(real))
			put_folder(&lists->readable, real);
	}
	free(real);
}

/* What lies below a disk: the files that the document names, or, where it names
 * none, what its folder has. */
static void put_layers(struct lists *lists, const json_t *disk)
{
	const json_t *layers = json_object_get(disk, "layers"), *layer, *extent;
	size_t i, k;

	if (!json_array_size(layers) && string(disk, "file"))
		put_folder(&lists->readable, string(disk, "file"));
	json_array_foreach (layers, i, layer) {
		if (string(layer, "file"))
			put(&lists->readable, string(layer, "file"));
		json_array_foreach (
			json_object_get(layer, "extents"), k, extent)
			if (string(extent, "file"))
				put(&lists->readable, string(extent, "file"));
	}
}

/* The document's disks, and what lies over them. */
static void put_disks(struct lists *lists, const json_t *doc)
{
	const json_t *disks =
		json_object_get(json_object_get(doc, "source"), "disks");
	const json_t *overlays = json_object_get(doc, "overlays"), *one;
	size_t i;

	json_array_foreach (disks, i, one) {
		if (string(one, "file"))
			put(&lists->readable, string(one, "file"));
		if (json_is_true(json_object_get(one, "backing_chain")))
			put_layers(lists, one);
	}
	json_array_foreach (overlays, i, one)
		if (string(one, "file"))
			put(&lists->readable, string(one, "file"));
}

static bool is_device(const char *file)
{
	return strncmp(file, "/dev/", 5) == 0 &&
	       strncmp(file, "/dev/shm/", 9) != 0;
}

/* Where v2v-meta writes by default; not among devices, which writing
 * there would be writing to.  false: no target has a file. */
static bool put_beside_target(struct lists *lists, const json_t *doc)
{
	const json_t *targets = json_object_get(doc, "targets"), *one;
	size_t i;

	json_array_foreach (targets, i, one)
		if (string(one, "file")) {
			if (!is_device(string(one, "file")))
				put_folder(
					&lists->writable, string(one, "file"));
			return true;
		}
	return false;
}

static void put_picture(struct lists *lists, const json_t *doc)
{
	const char *file = string(json_object_get(doc, "boot"), "screenshot");

	if (file && *file == '/')
		put(&lists->readable, file);
}

static void put_document(
	struct lists *lists, const struct tool_reach *reach, const json_t *doc)
{
	const char *workdir = string(doc, "workdir");

	put_disks(lists, doc);
	if (reach->screenshots)
		put_picture(lists, doc);
	/* The user's own, which an earlier v2v-overlay --workdir was given. */
	if (reach->makes_workdir && workdir && !string(doc, "workdir_id"))
		put(&lists->writable, workdir);
}

/* Several machines are written of beside the first that has a target. */
static void put_documents(
	struct lists *lists, const struct tool_reach *reach, const json_t *docs)
{
	bool is_beside = reach->beside_target && !reach->out;
	const json_t *doc;
	size_t i;

	json_array_foreach (docs, i, doc) {
		put_document(lists, reach, doc);
		if (is_beside && put_beside_target(lists, doc))
			is_beside = false;
	}
}

bool confine_is_on(void)
{
	const char *wanted = getenv("V2V_CONFINE");

	return !wanted || strcmp(wanted, "off") != 0;
}

int confine_self(struct v2v *v, const struct tool_reach *reach, char **files,
	const struct v2v_unpack_options *unpack, struct v2v_error *err)
{
	struct v2v_confine_options opt;
	struct lists lists = { 0 };
	int r;

	put_reach(&lists, reach);
	for (char **file = files; *file; file++)
		put_file(&lists, *file, unpack && unpack->backing_chain);
	if (unpack && unpack->anywhere)
		put(&lists.readable, "/");
	opt = as_options(&lists, reach);
	r = v2v_confine(v, &opt, err);
	clear(&lists);
	return r;
}

int confine_call(struct v2v *v, const struct tool_reach *reach,
	const json_t *doc, int (*call)(struct v2v *v, void *opaque),
	void *opaque, int *ret_result, struct v2v_error *err)
{
	struct v2v_confine_options opt;
	struct lists lists = { 0 };
	json_auto_t *docs = json_is_array(doc) ? json_incref((json_t *)doc)
					       : json_pack("[O]", doc);
	int r;

	put_reach(&lists, reach);
	put_documents(&lists, reach, docs);
	opt = as_options(&lists, reach);
	opt.workdir = string(doc, "workdir");
	r = v2v_confined(v, &opt, call, opaque, ret_result, err);
	clear(&lists);
	return r;
}

void confine_explain(struct v2v_error *err)
{
	size_t n = strlen(err->text);

	if (strstr(err->text, strerror(EACCES)))
		snprintf(err->text + n, sizeof err->text - n,
			" (or not among the files that were named, "
			"v2v-tools(7), CONFINEMENT)");
}
