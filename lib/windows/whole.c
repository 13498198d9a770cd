/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hive and its logs are read, and the hive written again. */
#include "windows/whole.h"

#include "core/file.h"
#include "core/open.h"
#include "windows/replay/replay.h"

#define MOST_LOG (256LL << 20)
#define HEAD	 4096

/* Of a hive: its primary file and the bytes of all of them. */
struct files {
	struct v2v_hive_files hive;
	unsigned char *owned[V2V_HIVE_LOGS + 1];
};

static void files_clear(struct files *files)
{
	for (size_t i = 0; i < ARRAY_SIZE(files->owned); i++)
		free(files->owned[i]);
}
#define CLEANUP_FILES __attribute__((cleanup(files_clear)))

static int read_all(int fd, const char *path, uint64_t size,
	unsigned char **ret_owned, struct v2v_hive_bytes *ret_bytes,
	struct v2v_error *err)
{
	*ret_owned = v2v_alloc(1, size + 1);
	if (v2v_pread_all(fd, path, *ret_owned, size, 0, err) < 0)
		return -1;
	*ret_bytes = (struct v2v_hive_bytes){ *ret_owned, size };
	return 0;
}

char *v2v_hive_log(const struct v2v_tree *tree, const char *path, size_t which)
{
	static const char *const suffixes[V2V_HIVE_LOGS] = { ".LOG1", ".LOG2",
		".LOG" };
	const char *base = v2v_base_name(path);
	CLEANUP_FREE char *folder =
		v2v_strndup(path, base > path ? (size_t)(base - path - 1) : 0);
	CLEANUP_FREE char *name = v2v_format("%s%s", base, suffixes[which]);

	return v2v_tree_find(tree, *folder ? folder : "/", name);
}

/* What is not there, or is not a file, has nothing. */
static int read_log(const struct v2v_tree *tree, const char *path,
	unsigned char **ret_owned, struct v2v_hive_bytes *ret_bytes,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = -1;
	uint64_t size = 0;

	if (v2v_tree_size(tree, path) <= 0 || v2v_tree_is_link(tree, path))
		return 0;
	if (v2v_tree_size(tree, path) > MOST_LOG)
		return v2v_fail(
			err, "registry-dirty", "'%s' is too large", path);
	fd = v2v_tree_fetch(tree, path, &size, err);
	if (fd < 0)
		return -1;
	if (size > MOST_LOG)
		return v2v_fail(
			err, "registry-dirty", "'%s' is too large", path);
	return read_all(fd, path, size, ret_owned, ret_bytes, err);
}

static int read_logs(const struct v2v_tree *tree, const char *path,
	struct files *files, struct v2v_error *err)
{
	for (size_t i = 0; i < V2V_HIVE_LOGS; i++) {
		CLEANUP_FREE char *found = v2v_hive_log(tree, path, i);

		if (found && read_log(tree, found, &files->owned[i],
				     &files->hive.logs[i], err) < 0)
			return -1;
	}
	return 0;
}

/* The descriptor of the new file; -1. */
static int write_replayed(const char *path,
	const struct v2v_hive_replayed *replayed, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_memory_file("hive");

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create a memory file");
	if (ftruncate(fd, (off_t)replayed->size) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", path);
	if (v2v_pwrite_sparse(fd, path, (const char *)replayed->data,
		    replayed->size, 0, err) < 0)
		return -1;
	return v2v_take_fd(&fd);
}

static bool is_clean(int fd, const char *path, uint64_t size)
{
	unsigned char head[HEAD];
	struct v2v_hive_bytes bytes = { head, sizeof head };

	/* What is smaller is not a hive, which libhivex says. */
	return size < sizeof head ||
	       v2v_pread_all(fd, path, head, sizeof head, 0, NULL) < 0 ||
	       v2v_hive_is_clean(&bytes);
}

bool v2v_hive_is_whole(const struct v2v_tree *tree, const char *path)
{
	unsigned char head[HEAD];
	struct v2v_hive_bytes bytes = { head,
		v2v_tree_read_at(tree, path, 0, head, sizeof head) };

	return v2v_hive_is_clean(&bytes);
}

static int make_whole(const struct v2v_tree *tree, const char *path, int fd,
	uint64_t size, unsigned *ret_writes, struct v2v_error *err)
{
	struct files files CLEANUP_FILES = { 0 };
	struct v2v_hive_replayed replayed = { 0 };
	int whole;

	if (read_logs(tree, path, &files, err) < 0 ||
		read_all(fd, path, size, &files.owned[V2V_HIVE_LOGS],
			&files.hive.primary, err) < 0 ||
		v2v_hive_replay(&files.hive, &replayed, err) < 0)
		return -1;
	*ret_writes = replayed.writes;
	whole = write_replayed(path, &replayed, err);
	free(replayed.data);
	return whole;
}

int v2v_hive_fetch(const struct v2v_tree *tree, const char *path,
	struct v2v_hive_state *ret_state, struct v2v_error *err)
{
	struct v2v_hive_state state = { 0 };
	CLEANUP_CLOSE int fd = -1, whole = -1;
	uint64_t size = 0;

	if (v2v_tree_size(tree, path) > (int64_t)V2V_HIVE_MOST)
		return v2v_fail(err, "registry", "'%s' is too large", path);
	fd = v2v_tree_fetch(tree, path, &size, err);
	if (fd < 0)
		return -1;
	if (size <= V2V_HIVE_MOST && !is_clean(fd, path, size))
		whole = make_whole(
			tree, path, fd, size, &state.writes, &state.dirty);
	if (ret_state)
		*ret_state = state;
	return whole >= 0 ? v2v_take_fd(&whole) : v2v_take_fd(&fd);
}
