/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that cannot be taken for standard error; the only caller of
 * open(2) and related calls. */
#include "core/open.h"

#include "core/mem.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define FIRST 3

int v2v_own_fd(int fd)
{
	int up;

	if (fd < 0 || fd >= FIRST)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, FIRST);
	v2v_cleanup_close(&fd);
	return up;
}

int v2v_open(const char *path, int flags, mode_t mode)
{
	return v2v_own_fd(open(path, flags | O_CLOEXEC, mode));
}

int v2v_openat(int dir, const char *name, int flags)
{
	return v2v_own_fd(openat(dir, name, flags | O_CLOEXEC));
}

static int open_part(int dir, const char *name, int flags)
{
	if (!*name || strcmp(name, "..") == 0) {
		errno = ENOENT;
		return -1;
	}
	return v2v_openat(dir, name, flags | O_NOFOLLOW);
}

int v2v_open_beneath(int dir, const char *name, int flags)
{
	int at = fcntl(dir, F_DUPFD_CLOEXEC, FIRST), next;
	const char *slash;

	for (; at >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		CLEANUP_FREE char *part =
			v2v_strndup(name, (size_t)(slash - name));

		next = open_part(at, part, O_PATH | O_DIRECTORY);
		v2v_cleanup_close(&at);
		at = next;
	}
	if (at < 0)
		return -1;
	next = open_part(at, name, flags | O_NONBLOCK);
	v2v_cleanup_close(&at);
	return next;
}

int v2v_mkostemp(char *name)
{
	return v2v_own_fd(mkostemp(name, O_CLOEXEC));
}

static int own_both(const int fds[2], int ends[2])
{
	ends[0] = v2v_own_fd(fds[0]);
	ends[1] = v2v_own_fd(fds[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	v2v_cleanup_close(&ends[0]);
	v2v_cleanup_close(&ends[1]);
	return -1;
}

int v2v_pipe(int ends[2])
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) < 0 ? -1 : own_both(fds, ends);
}

int v2v_socketpair(int ends[2])
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	return own_both(fds, ends);
}

int v2v_memory_file(const char *name)
{
	return v2v_own_fd(memfd_create(name, MFD_CLOEXEC));
}

int v2v_socket(int domain, int type)
{
	return v2v_own_fd(socket(domain, type | SOCK_CLOEXEC, 0));
}

int v2v_reopen(int fd)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);

	return v2v_open(name, O_RDONLY, 0);
}

DIR *v2v_opendir(const char *path)
{
	int fd = v2v_open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream)
		v2v_cleanup_close(&fd);
	return stream;
}

FILE *v2v_fopen(const char *path)
{
	int fd = v2v_open(path, O_RDONLY, 0);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");

	if (!stream)
		v2v_cleanup_close(&fd);
	return stream;
}

void v2v_occupy_standard(void)
{
	/* The other way round than they are used: a read or a write fails. */
	static const int modes[FIRST] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd < FIRST; fd++) {
		CLEANUP_CLOSE int null = -1;

		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		null = open("/dev/null", modes[fd]);
		if (null == fd)
			null = -1;
	}
}
