/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of one machine: written together, or not at all. */
#include "meta/meta.h"

#include "core/file.h"
#include "core/written.h"

#include <sys/stat.h>

void v2v_meta_file_add(
	struct v2v_list *files, const char *suffix, char *text, bool is_program)
{
	struct v2v_meta_file *file = v2v_list_add(files, sizeof *file);

	file->suffix = suffix;
	file->text = text;
	file->is_program = is_program;
}

void v2v_meta_files_clear(struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_meta_file, file, files)
		free(file->text);
	free(files->items);
	*files = (struct v2v_list){ NULL, 0 };
}

/* Who may read it may run it. */
static int make_program(const struct v2v_out *out, struct v2v_error *err)
{
	struct stat st;

	if (fstat(out->fd, &st) < 0 ||
		fchmod(out->fd,
			(st.st_mode | (st.st_mode & 0444) >> 2) & 07777) < 0)
		return v2v_fail_errno(
			err, "cannot make '%s' a program", out->path);
	return 0;
}

static int fill(struct v2v *v, const struct v2v_meta_file *file,
	const char *path, bool force, struct v2v_out *out,
	struct v2v_error *err)
{
	if (v2v_written_check(v, path, err) < 0 ||
		v2v_out_open(out, path, force, err) < 0 ||
		v2v_write_all(
			out->fd, path, file->text, strlen(file->text), err) < 0)
		return -1;
	return file->is_program ? make_program(out, err) : 0;
}

/* What was published of @outs before one failed is taken away again. */
static int publish(struct v2v *v, struct v2v_out *outs, size_t count,
	struct v2v_error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (v2v_out_publish(&outs[i], err) == 0)
			continue;
		while (i-- > 0)
			unlink(outs[i].path);
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		v2v_written_add(v, outs[i].fd);
	return 0;
}

int v2v_meta_files_write(struct v2v *v, const struct v2v_list *files,
	const char *dir, const char *name, bool force, struct v2v_list *paths,
	struct v2v_error *err)
{
	CLEANUP_FREE char *safe = v2v_safe_name(name);
	const struct v2v_meta_file *file = files->items;
	size_t count = files->count;
	CLEANUP_FREE struct v2v_out *outs = v2v_alloc(count, sizeof *outs);
	int r = 0;

	for (size_t i = 0; i < count; i++)
		outs[i].fd = -1;
	for (size_t i = 0; i < count && r == 0; i++) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s%s", dir, safe, file[i].suffix);

		r = fill(v, &file[i], path, force, &outs[i], err);
	}
	if (r == 0)
		r = v2v_check_cancel(v, err);
	if (r == 0)
		r = publish(v, outs, count, err);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			v2v_list_add_string(paths, outs[i].path);
		v2v_out_clear(&outs[i]);
	}
	return r;
}

json_t *v2v_meta_section(const char *type, const struct v2v_list *paths)
{
	json_t *files = json_array();

	v2v_list_foreach (char *, path, paths)
		json_array_append_new(files, v2v_json_text(*path));
	return json_pack("{s:s, s:O, s:o}", "type", type, "file",
		json_array_get(files, 0), "files", files);
}
