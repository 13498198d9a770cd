/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of the guest: lists, patterns, names without case. */
#include "server.h"

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>

/* Entries that one pattern may look at. */
#define MAX_LOOKS 1000000

static DIR *open_directory(const char *path)
{
	CLEANUP_CLOSE int fd = path_open(path, O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir)
		fd = -1;
	return dir;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int do_LIST(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSEDIR DIR *dir = open_directory(request->strings[0]);
	struct dirent *entry;
	struct list list;

	if (!dir)
		return errno;
	list_begin(reply, &list);
	while ((errno = 0, entry = readdir(dir))) {
		if (is_dot(entry->d_name))
			continue;
		entry_begin(reply, &list);
		put_string(reply, entry->d_name);
		if (!entry_end(reply, &list))
			return 0;
	}
	/* Half a list is not the text of an error. */
	if (errno)
		reply->length = 0;
	return errno;
}

/* glob(3) in the guest, with functions of our own. */
static unsigned looks;

static void *glob_open(const char *path)
{
	return open_directory(path);
}

static struct dirent *glob_read(void *dir)
{
	return looks++ < MAX_LOOKS ? readdir(dir) : NULL;
}

static void glob_close(void *dir)
{
	closedir(dir);
}

static int look(const char *path, int flags, struct stat *st)
{
	CLEANUP_CLOSE int fd = -1;

	if (looks++ >= MAX_LOOKS) {
		errno = ENOENT;
		return -1;
	}
	fd = path_open(path, O_PATH | flags, 0);
	return fd < 0 ? -1 : fstat(fd, st);
}

static int glob_stat(const char *path, struct stat *st)
{
	return look(path, 0, st);
}

static int glob_lstat(const char *path, struct stat *st)
{
	return look(path, O_NOFOLLOW, st);
}

static void put_names(struct reply *reply, const glob_t *found)
{
	struct list list;

	list_begin(reply, &list);
	for (size_t i = 0; i < found->gl_pathc; i++) {
		entry_begin(reply, &list);
		put_string(reply, found->gl_pathv[i]);
		if (!entry_end(reply, &list))
			return;
	}
	if (looks >= MAX_LOOKS)
		list_cut(reply, &list);
}

int do_GLOB(const struct request *request, struct reply *reply)
{
	int mark = request->numbers[1] ? GLOB_MARK : 0;
	glob_t found = {
		.gl_opendir = glob_open,
		.gl_closedir = glob_close,
		.gl_stat = glob_stat,
		.gl_lstat = glob_lstat,
	};
	int status;

	/* Its type says void *, and glob() knows it is a struct dirent. */
	found.gl_readdir = glob_read;
	looks = 0;
	status = glob(request->strings[0], GLOB_ALTDIRFUNC | GLOB_BRACE | mark,
		NULL, &found);
	if (status == 0 || status == GLOB_NOMATCH)
		put_names(reply, &found);
	globfree(&found);
	return status == 0 || status == GLOB_NOMATCH ? 0 : ENOMEM;
}
