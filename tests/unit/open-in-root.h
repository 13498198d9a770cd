/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A name of a guest that is a folder of this host. */
#ifndef V2V_TEST_OPEN_IN_ROOT_H
#define V2V_TEST_OPEN_IN_ROOT_H

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As openat2(2) with RESOLVE_IN_ROOT.  Where somebody renames anything on this
 * host meanwhile, a ".." is EAGAIN. */
static inline int open_in_root(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd;

	do
		fd = (int)syscall(SYS_openat2, root, *path ? path : "/", &how,
			sizeof how);
	while (fd < 0 && errno == EAGAIN);
	return fd;
}
#endif
