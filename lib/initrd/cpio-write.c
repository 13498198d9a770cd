/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a cpio archive, or only counting its bytes. */
#include "initrd/cpio.h"

#include "core/file.h"

#include <sys/stat.h>

static int put(struct v2v_cpio *cpio, const void *data, size_t size,
	struct v2v_error *err)
{
	cpio->size += size;
	if (cpio->fd < 0)
		return 0;
	return v2v_write_all(cpio->fd, "cpio archive", data, size, err);
}

static int pad(struct v2v_cpio *cpio, struct v2v_error *err)
{
	return put(cpio, "\0\0\0", (4 - cpio->size % 4) % 4, err);
}

static int put_header(struct v2v_cpio *cpio, const char *name, uint32_t mode,
	uint64_t size, struct v2v_error *err)
{
	char header[V2V_CPIO_HEADER + 1];

	if (size > UINT32_MAX)
		return v2v_fail(err, "initrd-too-large",
			"'%s' is too large for an initrd", name);
	/* magic ino mode uid gid nlink mtime size dev(2) rdev(2) name check */
	snprintf(header, sizeof header,
		"070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		++cpio->inode, mode, 0U, 0U, 1U, 0U, (uint32_t)size, 0U, 0U, 0U,
		0U, (uint32_t)strlen(name) + 1, 0U);
	if (put(cpio, header, V2V_CPIO_HEADER, err) < 0 ||
		put(cpio, name, strlen(name) + 1, err) < 0)
		return -1;
	return pad(cpio, err);
}

static bool has_dir(const struct v2v_cpio *cpio, const char *path)
{
	v2v_list_foreach (char *, dir, &cpio->dirs)
		if (strcmp(*dir, path) == 0)
			return true;
	return false;
}

static int add_dirs_above(
	struct v2v_cpio *cpio, const char *path, struct v2v_error *err)
{
	for (const char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		CLEANUP_FREE char *dir = v2v_strndup(path, (size_t)(s - path));

		if (has_dir(cpio, dir))
			continue;
		if (put_header(cpio, dir, S_IFDIR | 0755, 0, err) < 0)
			return -1;
		v2v_list_add_string(&cpio->dirs, dir);
	}
	return 0;
}

static int put_file(struct v2v_cpio *cpio, const char *path, int fd,
	uint64_t size, struct v2v_error *err)
{
	static const size_t room = 256 << 10;
	CLEANUP_FREE char *block = NULL;

	if (cpio->fd < 0) {
		cpio->size += size;
		return 0;
	}
	block = v2v_alloc(1, room);
	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < room ? (size_t)(size - at) : room;

		if (v2v_pread_all(fd, path, block, n, at, err) < 0 ||
			put(cpio, block, n, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

int v2v_cpio_add(struct v2v_cpio *cpio, const char *path, int data_fd,
	uint64_t size, struct v2v_error *err)
{
	if (add_dirs_above(cpio, path, err) < 0 ||
		put_header(cpio, path, S_IFREG | 0644, size, err) < 0 ||
		put_file(cpio, path, data_fd, size, err) < 0)
		return -1;
	return pad(cpio, err);
}

int v2v_cpio_add_data(struct v2v_cpio *cpio, const char *path, uint32_t mode,
	const void *data, size_t size, struct v2v_error *err)
{
	uint32_t type = S_ISLNK(mode) ? S_IFLNK : S_IFREG;

	if (add_dirs_above(cpio, path, err) < 0 ||
		put_header(cpio, path, type | (mode & 07777), size, err) < 0 ||
		put(cpio, data, size, err) < 0)
		return -1;
	return pad(cpio, err);
}

int v2v_cpio_finish(struct v2v_cpio *cpio, struct v2v_error *err)
{
	return put_header(cpio, "TRAILER!!!", 0, 0, err);
}

void v2v_cpio_clear(struct v2v_cpio *cpio)
{
	v2v_list_foreach (char *, dir, &cpio->dirs)
		free(*dir);
	free(cpio->dirs.items);
	cpio->dirs = (struct v2v_list){ 0 };
}
