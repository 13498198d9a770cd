/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of drivers.  It is the user's own: links in it are followed. */
#include "windows/virtio-win/source-private.h"

#include "core/open.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 8

static int list_below(struct v2v_driver_source *source, const char *path,
	unsigned depth, struct v2v_error *err);

static int list_one(struct v2v_driver_source *source, int dir, const char *name,
	const char *path, unsigned depth, struct v2v_error *err)
{
	CLEANUP_FREE char *whole =
		*path ? v2v_format("%s/%s", path, name) : v2v_strdup(name);
	struct stat st;

	/* A link that leads nowhere is nobody's loss. */
	if (fstatat(dir, name, &st, 0) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return depth < MAX_DEPTH
			       ? list_below(source, whole, depth + 1, err)
			       : 0;
	if (!S_ISREG(st.st_mode))
		return 0;
	return v2v_source_add(source, whole, (uint64_t)st.st_size, NULL)
		       ? 0
		       : v2v_source_fail_files(source, err);
}

static int list_below(struct v2v_driver_source *source, const char *path,
	unsigned depth, struct v2v_error *err)
{
	CLEANUP_CLOSEDIR DIR *dir = NULL;
	const struct dirent *entry;
	int fd = v2v_openat(
		source->fd, *path ? path : ".", O_RDONLY | O_DIRECTORY);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return v2v_fail(err, "virtio-win",
			"cannot read the directory '%s/%s': %s", source->place,
			path, strerror(errno));
	while ((entry = readdir(dir)))
		if (!v2v_streq(entry->d_name, ".") &&
			!v2v_streq(entry->d_name, "..") &&
			list_one(source, fd, entry->d_name, path, depth, err) <
				0)
			return -1;
	return 0;
}

int v2v_source_list_dir(struct v2v_driver_source *source, struct v2v_error *err)
{
	return list_below(source, "", 0, err);
}

int v2v_source_fetch_dir(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err)
{
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		const char *path = wanted[i].file->path;
		int fd = v2v_openat(source->fd, path, O_RDONLY | O_NONBLOCK);

		wanted[i].fd = fd;
		if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
			return v2v_fail(err, "virtio-win",
				"cannot open '%s/%s': %s", source->place, path,
				fd < 0 ? strerror(errno) : "not a file");
		if ((uint64_t)st.st_size > V2V_SOURCE_FILE_SIZE)
			return v2v_source_fail_size(source, path, err);
	}
	return 0;
}
