/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine's work directory. */
#include "core/workdir.h"

#include "core/doc.h"
#include "core/fields.h"
#include "core/file.h"
#include "core/open.h"
#include "core/safe-dir.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#define MARKER	".v2v-workdir"
#define ID_SIZE 16 /* bytes; two digits each */

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *random_id(struct v2v_error *err)
{
	unsigned char bytes[ID_SIZE];
	struct v2v_text id CLEANUP_TEXT = { 0 };

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
		v2v_fail_errno(err, "no random number");
		return NULL;
	}
	for (size_t i = 0; i < sizeof bytes; i++)
		v2v_text_addf(&id, "%02x", bytes[i]);
	return v2v_text_take(&id);
}

/* The new directory stays the caller's, though it fails. */
static int write_marker(const char *dir, const char *id, struct v2v_error *err)
{
	CLEANUP_FREE char *marker = v2v_format("%s/" MARKER, dir);
	CLEANUP_CLOSE int fd =
		v2v_open(marker, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", marker);
	if (v2v_write_all(fd, marker, id, strlen(id), err) < 0) {
		unlink(marker);
		return -1;
	}
	return 0;
}

/* Both strings are the caller's. */
static int make(const char *below, const char *prefix, char **ret_dir,
	char **ret_id, struct v2v_error *err)
{
	CLEANUP_FREE char *id = random_id(err), *dir = NULL;

	if (!id || v2v_check_path(below, err) < 0)
		return -1;
	dir = v2v_make_dir(below, prefix, err);
	if (!dir)
		return -1;
	if (write_marker(dir, id, err) < 0) {
		rmdir(dir);
		return -1;
	}
	*ret_dir = v2v_take(dir);
	*ret_id = v2v_take(id);
	return 0;
}

/* The document's, else the one wanted, else NULL; borrowed. */
static const char *existing(const json_t *doc, const char *wanted)
{
	const char *dir = v2v_doc_string(doc, "workdir");

	return dir && is_directory(dir) ? dir : wanted;
}

/* The handle ends: they go, if v2v_discard_at_end() was called in this process.
 */
static void forget_made(struct v2v *v)
{
	v2v_list_foreach (struct v2v_workdir, made, &v->made) {
		if (v->discards == getpid())
			v2v_workdir_remove(made->dir, made->id);
		v2v_workdir_clear(made);
	}
	free(v->made.items);
	v->made = (struct v2v_list){ NULL, 0 };
}

static void remember(struct v2v *v, const struct v2v_workdir *workdir)
{
	struct v2v_workdir *made = v2v_list_add(&v->made, sizeof *made);

	made->dir = v2v_strdup(workdir->dir);
	made->id = v2v_strdup(workdir->id);
	v->forget_made = forget_made;
}

int v2v_workdir_get(struct v2v *v, const json_t *doc, const char *wanted,
	struct v2v_workdir *ret_workdir, struct v2v_error *err)
{
	struct v2v_workdir found CLEANUP_WORKDIR = { NULL, NULL, false };
	const char *dir = existing(doc, wanted);

	if (!dir && make(v->tmpdir, "v2v-", &found.dir, &found.id, err) < 0)
		return -1;
	if (dir && !is_directory(dir))
		return v2v_fail(err, "workdir", "'%s' is not a directory", dir);
	if (dir && v2v_check_directory(dir, err) < 0)
		return -1;
	if (dir)
		found.dir = v2v_realpath(dir, err);
	if (!found.dir)
		return -1;
	if (dir && dir != wanted)
		found.id = v2v_strdup(v2v_doc_string(doc, "workdir_id"));
	found.made = !dir;
	if (found.made)
		remember(v, &found);
	*ret_workdir = found;
	found = (struct v2v_workdir){ NULL, NULL, false };
	return 0;
}

int v2v_workdir_check(const struct v2v *v, const json_t *doc,
	const char *wanted, struct v2v_error *err)
{
	const char *dir = existing(doc, wanted);

	if (dir && !is_directory(dir))
		return v2v_fail(err, "workdir", "'%s' is not a directory", dir);
	dir = dir ? dir : v->tmpdir;
	return v2v_check_path(dir, err) < 0 ? -1
					    : v2v_check_directory(dir, err);
}

void v2v_workdir_store(const struct v2v_workdir *workdir, json_t *doc)
{
	json_object_set_new(doc, "workdir", v2v_json_text(workdir->dir));
	json_object_set_new(doc, "workdir_id", v2v_json_text(workdir->id));
}

void v2v_workdir_undo(const struct v2v_workdir *workdir)
{
	if (workdir->dir && workdir->made)
		v2v_workdir_remove(workdir->dir, workdir->id);
}

void v2v_workdir_clear(struct v2v_workdir *workdir)
{
	free(workdir->dir);
	free(workdir->id);
	*workdir = (struct v2v_workdir){ NULL, NULL, false };
}

void v2v_discard_at_end(struct v2v *v, bool yes)
{
	v->discards = yes ? getpid() : 0;
}

char *v2v_workdir_temporary(
	const char *dir, const char *prefix, struct v2v_error *err)
{
	CLEANUP_FREE char *id = NULL;
	char *made;

	return make(dir, prefix, &made, &id, err) < 0 ? NULL : made;
}

/* Whoever can write to a directory can put any marker there, and a link to one
 * or another user's is none. */
static bool is_private(int fd, mode_t type, nlink_t max_links)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 &&
	       (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	       (!max_links || st.st_nlink <= max_links);
}

bool v2v_workdir_is_ours(const char *dir, const char *id)
{
	CLEANUP_CLOSE int fd =
		v2v_open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	CLEANUP_CLOSE int marker =
		fd < 0 ? -1
		       : v2v_openat(fd, MARKER,
				 O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	char text[2 * ID_SIZE + 2] = "";

	if (!is_private(fd, S_IFDIR, 0) || !is_private(marker, S_IFREG, 1) ||
		read(marker, text, sizeof text - 1) != 2 * ID_SIZE)
		return false;
	return !id || strcmp(id, text) == 0;
}

void v2v_workdir_remove(const char *dir, const char *id)
{
	CLEANUP_FREE char *marker = v2v_format("%s/" MARKER, dir);
	CLEANUP_CLOSEDIR DIR *stream =
		v2v_workdir_is_ours(dir, id) ? v2v_opendir(dir) : NULL;
	struct dirent *entry;

	if (!stream)
		return;
	while ((entry = readdir(stream))) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", dir, entry->d_name);

		if (v2v_starts_with(entry->d_name, "tmp-v2v-"))
			v2v_remove_tree(path);
		else if (v2v_starts_with(entry->d_name, "overlay-") ||
			 v2v_starts_with(entry->d_name, ".overlay-") ||
			 v2v_starts_with(entry->d_name, "disk-"))
			unlink(path);
	}
	unlink(marker);
	rmdir(dir);
}

void v2v_discard(struct v2v *v, const json_t *doc)
{
	const char *dir = v2v_doc_string(doc, "workdir");
	const char *id = v2v_doc_string(doc, "workdir_id");

	if (!dir || !id || !v2v_workdir_is_ours(dir, id))
		return;
	/* The appliance has files in it. */
	v2v_session_end(v);
	v2v_workdir_remove(dir, id);
}
