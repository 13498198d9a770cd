/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the fake appliance says of files. */
#ifndef V2V_TEST_FAKE_FILES_H
#define V2V_TEST_FAKE_FILES_H

#include "fake-calls.h"

#include "core/digest.h"

#include <glob.h>

char *guestfs_realpath(guestfs_h *g, const char *path)
{
	char *real = fake_call(g, NULL) ? fake_resolve(g, path) : NULL;
	size_t n = strlen(g->root);

	if (!real)
		return NULL;
	assert(strncmp(real, g->root, n) == 0);
	memmove(real, real + n, strlen(real + n) + 1);
	if (!*real) {
		free(real);
		return v2v_strdup("/");
	}
	return real;
}

static struct guestfs_statns *fake_stat(guestfs_h *g, char *name)
{
	CLEANUP_FREE char *owned = name;
	struct guestfs_statns *to = v2v_alloc(1, sizeof *to);
	struct stat st;

	(void)owned;
	if (!fake_call(g, NULL) || !name || lstat(name, &st) < 0) {
		free(to);
		return NULL;
	}
	to->st_dev = (int64_t)st.st_dev;
	to->st_ino = (int64_t)st.st_ino;
	to->st_mode = st.st_mode;
	to->st_nlink = (int64_t)st.st_nlink;
	to->st_size = st.st_size;
	to->st_uid = st.st_uid;
	to->st_gid = st.st_gid;
	to->st_atime_sec = st.st_atim.tv_sec;
	to->st_atime_nsec = st.st_atim.tv_nsec;
	to->st_mtime_sec = st.st_mtim.tv_sec;
	to->st_mtime_nsec = st.st_mtim.tv_nsec;
	return to;
}

struct guestfs_statns *guestfs_statns(guestfs_h *g, const char *path)
{
	return fake_stat(g, fake_resolve(g, path));
}

struct guestfs_statns *guestfs_lstatns(guestfs_h *g, const char *path)
{
	return fake_stat(g, fake_name(g, path));
}

char *guestfs_readlink(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);
	char to[4096];
	ssize_t n = fake_call(g, NULL) ? readlink(name, to, sizeof to) : -1;

	return n < 0 ? NULL : v2v_strndup(to, (size_t)n);
}

struct guestfs_xattr_list *guestfs_lgetxattrs(guestfs_h *g, const char *path)
{
	(void)path;
	return fake_call(g, NULL)
		       ? v2v_alloc(1, sizeof(struct guestfs_xattr_list))
		       : NULL;
}

char *guestfs_get_e2attrs(guestfs_h *g, const char *path)
{
	(void)path;
	fake_call(g, NULL);
	return NULL;
}

char *guestfs_pread(guestfs_h *g, const char *path, int count, int64_t offset,
	size_t *ret_size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	CLEANUP_CLOSE int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	char *data = v2v_alloc(1, (size_t)count);
	ssize_t n = fake_call(g, NULL) && fd >= 0
			    ? pread(fd, data, (size_t)count, offset)
			    : -1;

	if (n < 0) {
		free(data);
		return NULL;
	}
	g->given += (uint64_t)n;
	*ret_size = (size_t)n;
	return data;
}

static int fake_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, as libguestfs has them. */
char **guestfs_ls(guestfs_h *g, const char *directory)
{
	CLEANUP_FREE char *name = fake_resolve(g, directory);
	CLEANUP_CLOSEDIR DIR *dir =
		fake_call(g, NULL) && name ? opendir(name) : NULL;
	char **names = NULL;
	size_t count = 0;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			*v2v_append(names, count) = v2v_strdup(entry->d_name);
	if (count)
		qsort(names, count, sizeof *names, fake_order);
	if (dir)
		v2v_append(names, count);
	return names;
}

/* GLOB_BRACE and GLOB_MARK, as libguestfs has it. */
char **guestfs_glob_expand_opts(guestfs_h *g, const char *pattern, ...)
{
	CLEANUP_FREE char *whole = v2v_format("%s%s", g->root, pattern);
	char **names = NULL;
	size_t count = 0;
	glob_t found;

	if (!fake_call(g, NULL))
		return NULL;
	if (glob(whole, GLOB_BRACE | GLOB_MARK, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			*v2v_append(names, count) =
				v2v_strdup(found.gl_pathv[i] + strlen(g->root));
		globfree(&found);
	}
	v2v_append(names, count);
	return names;
}

char *guestfs_checksum(guestfs_h *g, const char *type, const char *path)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	CLEANUP_FREE char *data = NULL;
	struct v2v_digest *digest;
	struct stat st;
	size_t size;

	assert(strcmp(type, "sha1") == 0);
	if (!fake_call(g, NULL) || !name || stat(name, &st) < 0 ||
		!S_ISREG(st.st_mode))
		return NULL;
	data = read_whole_size(name, &size);
	digest = v2v_digest_new("SHA1");
	v2v_digest_add(digest, data, size);
	return v2v_digest_end(digest);
}
#endif
