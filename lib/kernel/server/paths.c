/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names inside the guest.  The kernel resolves them, with the guest's root as
 * the root: openat2(2), RESOLVE_IN_ROOT.
 */
#include "server.h"

#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_TRIES 1000

char guest_root[PATH_MAX] = "/g";

/* What is mounted there last, while it is; -1: not open. */
static int root = -1;

void path_forget_root(void)
{
	if (root >= 0)
		close(root);
	root = -1;
}

int path_open(const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	/* Each call of the kernel is a switch to another process in UML. */
	if (root < 0)
		root = open(guest_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	path += strspn(path, "/");
	if (!*path)
		path = ".";
	/* While a tool renames or mounts something, a ".." is EAGAIN. */
	for (int i = 0; i < MAX_TRIES; i++) {
		int fd =
			(int)syscall(SYS_openat2, root, path, &how, sizeof how);

		if (fd >= 0 || errno != EAGAIN)
			return fd;
	}
	return -1;
}

const char *fd_path(int fd, char text[FD_PATH_ROOM])
{
	snprintf(text, FD_PATH_ROOM, "/proc/self/fd/%d", fd);
	return text;
}

/* The name that the kernel has for it. */
static char *name_of_fd(int fd)
{
	char link[FD_PATH_ROOM], target[PATH_MAX];
	ssize_t n = readlink(fd_path(fd, link), target, sizeof target);

	if (n < 0)
		return NULL;
	if (n == sizeof target || target[0] != '/') {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return strndup(target, (size_t)n);
}

char *path_outside(const char *path)
{
	CLEANUP_CLOSE int fd = path_open(path, O_PATH, 0);

	return fd < 0 ? NULL : name_of_fd(fd);
}

char *path_real(const char *path)
{
	CLEANUP_FREE char *outside = path_outside(path);
	size_t length = strlen(guest_root);

	if (!outside)
		return NULL;
	if (strncmp(outside, guest_root, length) != 0 ||
		(outside[length] != '/' && outside[length])) {
		errno = EXDEV;
		return NULL;
	}
	return text_make("%s", outside[length] ? outside + length : "/");
}

static int split(const char *path, char *directory, char name[NAME_ROOM])
{
	size_t length = strlen(path);
	const char *slash;

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= PATH_MAX)
		return ENAMETOOLONG;
	memcpy(directory, path, length);
	directory[length] = '\0';
	slash = strrchr(directory, '/');
	if (!slash || strlen(slash + 1) >= NAME_ROOM)
		return slash ? ENAMETOOLONG : EINVAL;
	snprintf(name, NAME_ROOM, "%s", slash + 1);
	directory[slash - directory + 1] = '\0';
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return EBUSY;
	return 0;
}

int path_parent(
	const char *path, bool follow, char name[NAME_ROOM], int *ret_fd)
{
	CLEANUP_FREE char *real = follow ? path_real(path) : NULL;
	char directory[PATH_MAX];
	int status, fd;

	if (follow && !real)
		return errno;
	status = split(real ? real : path, directory, name);
	if (status)
		return status;
	fd = path_open(directory, O_PATH | O_DIRECTORY, 0);
	if (fd < 0)
		return errno;
	*ret_fd = fd;
	return 0;
}

int path_enter(const char *path, bool follow, char name[NAME_ROOM])
{
	CLEANUP_CLOSE int fd = -1;
	int status;

	/* The root has no name in a directory: it is "." of itself. */
	if (path[strspn(path, "/")] == '\0') {
		snprintf(name, NAME_ROOM, ".");
		return chdir(guest_root) < 0 ? errno : 0;
	}
	status = path_parent(path, follow, name, &fd);
	if (status)
		return status;
	return fchdir(fd) < 0 ? errno : 0;
}
