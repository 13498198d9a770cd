/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder, or an OVF with its files beside it: no link is followed, and only
 * regular files count. */
#include "core/file.h"
#include "core/open.h"
#include "unpack/ova-private.h"

#include <fcntl.h>
#include <sys/stat.h>

#define MAX_DEPTH 8

static int add_file(struct v2v_ova *ova, const char *name, uint64_t size,
	struct v2v_ova_member **ret_member, struct v2v_error *err)
{
	struct v2v_ova_member *member;

	if (v2v_ova_add(ova, name, size, &member, err) < 0)
		return -1;
	member->file = v2v_format("%s/%s", ova->folder, name);
	member->whole = true;
	*ret_member = member;
	return 0;
}

/* The user trusts the descriptor to name files of this host. */
static struct v2v_ova_member *find_anywhere(
	struct v2v_ova *ova, const char *name)
{
	CLEANUP_FREE char *path =
		*name == '/' ? v2v_strdup(name)
			     : v2v_format("%s/%s", ova->folder, name);
	CLEANUP_FREE char *real = v2v_disk_path(path, NULL);
	CLEANUP_CLOSE int fd = -1;
	struct v2v_ova_member *member;
	uint64_t size;

	if (!real)
		return NULL;
	fd = v2v_open_disk(real, &size, NULL);
	if (fd < 0 || v2v_ova_add(ova, name, size, &member, NULL) < 0)
		return NULL;
	member->file = v2v_take(real);
	member->whole = true;
	return member;
}

static struct v2v_ova_member *find_beneath(
	struct v2v_ova *ova, const char *name)
{
	CLEANUP_CLOSE int fd = v2v_open_beneath(ova->folder_fd, name, O_RDONLY);
	struct v2v_ova_member *member;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		add_file(ova, name, (uint64_t)st.st_size, &member, NULL) < 0)
		return NULL;
	return member;
}

static struct v2v_ova_member *find_file(struct v2v_ova *ova, const char *name)
{
	struct v2v_ova_member *member = find_beneath(ova, name);

	return member || !ova->anywhere ? member : find_anywhere(ova, name);
}

static int walk(struct v2v *v, struct v2v_ova *ova, const char *below,
	unsigned depth, struct v2v_error *err);

/* A descriptor or a manifest, which must not be passed over in silence; beside
 * a lone OVF only its own manifest. */
static bool is_needed(const struct v2v_ova *ova, const char *name)
{
	const char *own = strrchr(ova->file, '/') + 1;
	size_t n = strlen(own) - strlen(".ovf");
	uint64_t max;

	if (ova->kind == V2V_CONTAINER_FOLDER)
		return v2v_ova_is_text(name, &max);
	return strlen(own) > strlen(".ovf") && strncmp(name, own, n) == 0 &&
	       strcmp(name + n, ".mf") == 0;
}

static int add_entry(struct v2v *v, struct v2v_ova *ova, int dir,
	const char *below, const char *base, unsigned depth,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("%s%s", below, base);
	struct v2v_ova_member *member;
	struct stat st;

	if (base[0] == '.' &&
		(!base[1] || base[1] == '_' || strcmp(base, "..") == 0))
		return 0;
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && ova->kind == V2V_CONTAINER_FOLDER) {
		CLEANUP_FREE char *deeper = v2v_format("%s/", name);

		return walk(v, ova, deeper, depth + 1, err);
	}
	if (!S_ISREG(st.st_mode) && is_needed(ova, name))
		return v2v_fail(err, "ova-member",
			"'%s': '%s' is not a regular file", ova->file, name);
	if (!S_ISREG(st.st_mode) || strchr(base, '\n'))
		return 0;
	/* Beside a lone OVF anything may lie; what it names is found later. */
	if (ova->kind == V2V_CONTAINER_OVF &&
		ova->members.count >= V2V_OVA_MAX_MEMBERS / 2)
		return 0;
	return add_file(ova, name, (uint64_t)st.st_size, &member, err);
}

/* @below: "" or "folder/" */
static int walk(struct v2v *v, struct v2v_ova *ova, const char *below,
	unsigned depth, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("%s.", below);
	int fd = v2v_open_beneath(ova->folder_fd, name, O_RDONLY | O_DIRECTORY);
	CLEANUP_CLOSEDIR DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!stream)
		return v2v_fail_errno(
			err, "cannot read '%s/%s'", ova->folder, below);
	if (depth > MAX_DEPTH)
		return v2v_fail(err, "ova-limit",
			"'%s': folders are nested deeper than %d", ova->file,
			MAX_DEPTH);
	while ((entry = readdir(stream)))
		if (v2v_check_cancel(v, err) < 0 ||
			add_entry(v, ova, dirfd(stream), below, entry->d_name,
				depth, err) < 0)
			return -1;
	return 0;
}

/* The folder itself, or the one that @ova's file lies in. */
static int open_folder(
	struct v2v_ova *ova, bool is_parent, struct v2v_error *err)
{
	ova->folder = v2v_strdup(ova->file);
	if (is_parent)
		*strrchr(ova->folder, '/') = '\0';
	ova->folder_fd = v2v_open(
		*ova->folder ? ova->folder : "/", O_PATH | O_DIRECTORY, 0);
	if (ova->folder_fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", ova->folder);
	return 0;
}

int v2v_ova_open_beside(struct v2v_ova *ova, const char *file,
	const struct v2v_ova_member **ret_member, struct v2v_error *err)
{
	static const struct v2v_container_ops beside = { .find = find_file };

	ova->kind = V2V_CONTAINER_NONE;
	ova->ops = &beside;
	ova->names = json_object();
	ova->file = v2v_strdup(file);
	if (open_folder(ova, true, err) < 0)
		return -1;
	*ret_member = v2v_ova_find(ova, strrchr(file, '/') + 1);
	return *ret_member ? 0
			   : v2v_fail(err, "not-a-file",
				     "'%s' is not a regular file", file);
}

static int open_and_walk(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	if (open_folder(ova, ova->kind == V2V_CONTAINER_OVF, err) < 0)
		return -1;
	return walk(v, ova, "", 0, err);
}

const struct v2v_container_ops v2v_container_folder = {
	.kind = V2V_CONTAINER_FOLDER,
	.open = open_and_walk,
	.find = find_file,
};

const struct v2v_container_ops v2v_container_ovf = {
	.kind = V2V_CONTAINER_OVF,
	.open = open_and_walk,
	.find = find_file,
};
