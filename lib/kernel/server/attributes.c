/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owner, mode, times, extended attributes and flags of the guest's files. */
#include "server.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* xattr(7): a list of names, and a value, are no longer. */
#define XATTR_ROOM 65536

static char names[XATTR_ROOM];
static char value[XATTR_ROOM];

/* Work on the last part of the name, in its directory: the links on the way
 * are resolved in the guest, and only there. */
int do_XATTRS(const struct request *request, struct reply *reply)
{
	char name[NAME_ROOM];
	int status =
		path_enter(request->strings[0], request->numbers[1] != 0, name);
	ssize_t length = status ? 0 : llistxattr(name, names, sizeof names);
	struct list list;

	if (status || length < 0)
		return status ? status : errno;
	list_begin(reply, &list);
	for (char *s = names; s < names + length; s += strlen(s) + 1) {
		ssize_t n = lgetxattr(name, s, value, sizeof value);

		if (n < 0)
			continue;
		entry_begin(reply, &list);
		put_string(reply, s);
		put_blob(reply, value, (size_t)n);
		if (!entry_end(reply, &list))
			break;
	}
	return 0;
}

int do_SET_XATTR(const struct request *request, struct reply *reply)
{
	char name[NAME_ROOM];
	int status =
		path_enter(request->strings[0], request->numbers[2] != 0, name);

	(void)reply;
	if (status)
		return status;
	return lsetxattr(name, request->strings[1], request->data,
		       request->size, 0) < 0
		       ? errno
		       : 0;
}

int do_REMOVE_XATTR(const struct request *request, struct reply *reply)
{
	char name[NAME_ROOM];
	int status =
		path_enter(request->strings[0], request->numbers[2] != 0, name);

	(void)reply;
	if (status)
		return status;
	return lremovexattr(name, request->strings[1]) < 0 ? errno : 0;
}

int do_CHOWN(const struct request *request, struct reply *reply)
{
	char name[NAME_ROOM];
	int status =
		path_enter(request->strings[0], request->numbers[3] != 0, name);

	(void)reply;
	if (status)
		return status;
	return lchown(name, (uid_t)request->numbers[1],
		       (gid_t)request->numbers[2]) < 0
		       ? errno
		       : 0;
}

int do_CHMOD(const struct request *request, struct reply *reply)
{
	char name[NAME_ROOM];
	int status = path_enter(request->strings[0], true, name);

	(void)reply;
	if (status)
		return status;
	return chmod(name, (mode_t)request->numbers[1] & 07777) < 0 ? errno : 0;
}

int do_UTIMENS(const struct request *request, struct reply *reply)
{
	const int64_t *n = request->numbers;
	const struct timespec times[2] = { { n[1], n[2] }, { n[3], n[4] } };
	char name[NAME_ROOM];
	int status = path_enter(request->strings[0], n[5] != 0, name);

	(void)reply;
	if (status)
		return status;
	return utimensat(AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? errno
									 : 0;
}

/* Of a file or directory alone: a driver's ioctl is another thing. */
static int open_plain(const char *path, int *ret_fd)
{
	CLEANUP_CLOSE int fd = path_open(path, O_PATH, 0);
	char name[FD_PATH_ROOM];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return EOPNOTSUPP;
	*ret_fd = open(fd_path(fd, name), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return *ret_fd < 0 ? errno : 0;
}

int do_GET_FLAGS(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd = -1;
	int status = open_plain(request->strings[0], &fd);
	int flags = 0;

	if (status)
		return status;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return errno;
	put_u32(reply, (uint32_t)flags);
	return 0;
}

int do_SET_FLAGS(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd = -1;
	int status = open_plain(request->strings[0], &fd);
	int flags = (int)request->numbers[1];

	(void)reply;
	if (status)
		return status;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0 ? errno : 0;
}
