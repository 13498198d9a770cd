/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The libraries of programs. */
#include "kernel/libraries.h"

#include "core/file.h"
#include "core/lines.h"
#include "core/run.h"
#include "kernel/kept.h"

/* Changed when what is written changes. */
#define FORMAT "v2v libraries 1\n"
/* ldconfig(8) writes it, after each package that has a library. */
#define HOST_LIST "/etc/ld.so.cache"

static const char *find_loader(void)
{
	static const char *const loaders[] = { "/lib64/ld-linux-x86-64.so.2",
		"/lib/ld-linux-aarch64.so.1", "/lib/ld-linux.so.2",
		"/lib64/ld64.so.2", "/lib/ld64.so.1" };

	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
		if (access(loaders[i], X_OK) == 0)
			return loaders[i];
	return NULL;
}

static bool has(const struct v2v_list *files, const char *file)
{
	v2v_list_foreach (char *, other, files)
		if (strcmp(*other, file) == 0)
			return true;
	return false;
}

/* A line of the loader's list: "libm.so.6 => /lib/libm.so.6 (0x…)", or the
 * loader's own name without an arrow. */
static void add_library(struct v2v_list *files, const char *line)
{
	const char *arrow = strstr(line, "=> ");
	const char *path = arrow ? arrow + 3 : line + strspn(line, " \t");
	CLEANUP_FREE char *file = v2v_strndup(path, strcspn(path, " \t"));

	if (*file == '/' && !has(files, file))
		v2v_list_add_string(files, file);
}

static int ask(struct v2v *v, const char *loader, const char *program,
	struct v2v_list *files, struct v2v_error *err)
{
	const char *const argv[] = { loader, "--list", program, NULL };
	CLEANUP_FREE char *output = NULL;
	const struct v2v_run run = { .argv = argv, .ret_output = &output };
	const char *rest;
	char *line;

	if (v2v_run(v, &run, err) < 0)
		return -1;
	rest = output;
	for (; (line = v2v_line_next(&rest)); free(line))
		add_library(files, line);
	return 0;
}

/* Where the answer is kept, the caller's; NULL: nothing tells when it is not
 * true any more. */
static char *find_name(
	const char *loader, const struct v2v_list *programs, const char *cache)
{
	struct v2v_digest *digest = v2v_digest_new("SHA256");
	int status = v2v_kept_add(digest, HOST_LIST, NULL);

	v2v_digest_add(digest, FORMAT, strlen(FORMAT));
	if (status == 0)
		status = v2v_kept_add(digest, loader, NULL);
	v2v_list_foreach (char *, program, programs)
		if (status == 0)
			status = v2v_kept_add(digest, *program, NULL);
	if (status == 0)
		return v2v_kept_name(digest, cache, "libraries");
	v2v_digest_free(digest);
	return NULL;
}

/* False: there is none, or one of the files is gone. */
static bool read_kept(const char *path, struct v2v_list *files)
{
	CLEANUP_FREE char *text =
		v2v_kept_is_there(path) ? v2v_kept_text(path) : NULL;
	const char *rest = text ? text : "";
	bool is_true = *rest != '\0';
	char *line;

	for (; (line = v2v_line_next(&rest)); free(line)) {
		is_true &= *line == '/' && access(line, R_OK) == 0;
		v2v_list_add_string(files, line);
	}
	if (!is_true)
		v2v_strings_clear(files);
	return is_true;
}

static int keep(
	const char *path, const struct v2v_list *files, struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { 0 };
	struct v2v_text text CLEANUP_TEXT = { 0 };

	v2v_list_foreach (char *, file, files)
		v2v_text_addf(&text, "%s\n", *file);
	if (v2v_kept_make(&out, path, err) < 0 ||
		v2v_write_all(out.fd, path, text.data, text.length, err) < 0)
		return -1;
	return v2v_out_publish(&out, err);
}

int v2v_libraries_find(struct v2v *v, const struct v2v_list *programs,
	const char *cache, struct v2v_list *ret_files, struct v2v_error *err)
{
	const char *loader = find_loader();
	struct v2v_list files CLEANUP_STRINGS = { 0 };
	CLEANUP_FREE char *path = NULL;

	if (!loader)
		return v2v_fail(err, "kernel-tools",
			"the host has no dynamic loader that is known");
	path = find_name(loader, programs, cache);
	if (!path || !read_kept(path, &files)) {
		/* One that cannot be loaded here cannot be there. */
		v2v_list_foreach (char *, program, programs)
			if (ask(v, loader, *program, &files, err) < 0)
				return -1;
		if (path && files.count && keep(path, &files, err) < 0)
			return -1;
	}
	*ret_files = files;
	files = (struct v2v_list){ 0 };
	return 0;
}
