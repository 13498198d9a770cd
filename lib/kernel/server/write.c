/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content of the guest's files. */
#include "server.h"

#include <sys/stat.h>

static int put_all(int fd, const unsigned char *data, size_t size, off_t at)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, at);

		if (n < 0)
			return errno;
		data += n;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* For writing, and a regular file only. */
static int open_file(const char *path, int flags, mode_t mode, int *ret_fd)
{
	CLEANUP_CLOSE int fd =
		path_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | flags, mode);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EINVAL;
	*ret_fd = v2v_take_fd(&fd);
	return 0;
}

int do_WRITE(const struct request *request, struct reply *reply)
{
	const int64_t *n = request->numbers;
	bool creates = n[1] & V2V_KERNEL_WRITE_CREATE;
	CLEANUP_CLOSE int fd = -1;
	int status = open_file(request->strings[0], creates ? O_CREAT : 0,
		(mode_t)n[3] & 07777, &fd);

	(void)reply;
	if (status)
		return status;
	if (n[1] & V2V_KERNEL_WRITE_TRUNCATE && ftruncate(fd, 0) < 0)
		return errno;
	return put_all(fd, request->data, request->size, n[2]);
}

int do_TRUNCATE(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd = -1;
	int status = open_file(request->strings[0], 0, 0, &fd);

	(void)reply;
	if (status)
		return status;
	return ftruncate(fd, request->numbers[1]) < 0 ? errno : 0;
}

static int make_temporary(const struct request *request, struct reply *reply,
	int (*make)(char *name, mode_t mode))
{
	CLEANUP_CLOSE int directory = -1;
	CLEANUP_FREE char *path = text_make("%s", request->strings[0]);
	char name[NAME_ROOM];
	int status = path_parent(path, false, name, &directory);

	if (status)
		return status;
	if (fchdir(directory) < 0 ||
		make(name, (mode_t)request->numbers[1] & 07777) < 0)
		return errno;
	memcpy(strrchr(path, '/') + 1, name, strlen(name));
	put_string(reply, path);
	return 0;
}

static int make_file(char *name, mode_t mode)
{
	CLEANUP_CLOSE int fd = mkostemp(name, O_CLOEXEC);

	return fd < 0 ? -1 : fchmod(fd, mode);
}

static int make_directory(char *name, mode_t mode)
{
	return mkdtemp(name) ? chmod(name, mode) : -1;
}

int do_MKTEMP(const struct request *request, struct reply *reply)
{
	return make_temporary(request, reply, make_file);
}

int do_MKDTEMP(const struct request *request, struct reply *reply)
{
	return make_temporary(request, reply, make_directory);
}
