/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the files of a chain may lie. */
#include "core/open.h"
#include "image/chain-private.h"

#include <fcntl.h>
#include <sys/stat.h>

static int fail_place(const char *from, const char *name, const char *why,
	struct v2v_error *err)
{
	return v2v_fail(err, "image-backing",
		"'%s' names '%s': %s; a layer must be a file beside the "
		"disk or below its folder",
		from, name, why);
}

/* Add the parts of @path to @to, without "." and empty ones; false where one of
 * them leads upwards. */
static bool add_parts(struct v2v_text *to, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && strncmp(path, "..", 2) == 0)
			return false;
		if (n && !(n == 1 && *path == '.')) {
			if (to->length)
				v2v_text_add(to, "/", 1);
			v2v_text_add(to, path, n);
		}
		path += n + (path[n] == '/');
	}
	return true;
}

bool v2v_disk_chain_inside(const struct v2v_disk_chain_folder *folder,
	const char *from, const char *name, struct v2v_text *to)
{
	size_t n = strlen(folder->path);
	CLEANUP_FREE char *dir = NULL;

	if (*name == '/')
		return strncmp(name, folder->path, n) == 0 && name[n] == '/' &&
		       add_parts(to, name + n);
	dir = v2v_strndup(from + n, (size_t)(strrchr(from, '/') - from) - n);
	return add_parts(to, dir) && add_parts(to, name);
}

char *v2v_disk_chain_find(const struct v2v_disk_chain_folder *folder,
	const char *from, const char *name, struct v2v_error *err)
{
	struct v2v_text path CLEANUP_TEXT = { 0 };
	CLEANUP_CLOSE int fd = -1;
	struct stat st;

	/* To qemu a colon is the end of a protocol's name. */
	if (strchr(name, ':')) {
		fail_place(from, name, "not a plain file name", err);
		return NULL;
	}
	if (!v2v_disk_chain_inside(folder, from, name, &path) || !path.length) {
		fail_place(from, name, "outside of its folder", err);
		return NULL;
	}
	fd = v2v_open_beneath(folder->fd, path.data, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		fail_place(from, name,
			fd < 0 && (errno == ENOENT || errno == EACCES)
				? strerror(errno)
				: "not a regular file",
			err);
		return NULL;
	}
	return v2v_format("%s/%s", folder->path, path.data);
}
