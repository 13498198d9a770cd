/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that nobody takes for standard error; the only caller of open(2)
 * and its kin. */
#include "core/open.h"

#include "core/mem.h"

#include <fcntl.h>

#define FIRST 3

/* The same open file, with a number that is ours to have; -1 stays -1. */
static int move_up(int fd)
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
	return move_up(open(path, flags | O_CLOEXEC, mode));
}

int v2v_openat(int dir, const char *name, int flags)
{
	return move_up(openat(dir, name, flags | O_CLOEXEC));
}

int v2v_mkostemp(char *name)
{
	return move_up(mkostemp(name, O_CLOEXEC));
}

int v2v_pipe(int ends[2])
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	ends[0] = move_up(fds[0]);
	ends[1] = move_up(fds[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	v2v_cleanup_close(&ends[0]);
	v2v_cleanup_close(&ends[1]);
	return -1;
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
