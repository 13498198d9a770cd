/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Landlock, landlock(7): what a thread and its children may do with files and
 * the network, for good.  Raw system calls: libc has none, and the headers of
 * the host may be older than its kernel.
 */
#ifndef V2V_LANDLOCK_H
#define V2V_LANDLOCK_H

#include "core/error.h"

struct v2v_landlock {
	int fd;	 /* of the ruleset; -1: none */
	int abi; /* 0: the kernel has none that serves */
};

/* What a path is for; with V2V_MAY_EXECUTE it can also be read. */
enum v2v_may {
	V2V_MAY_READ,
	V2V_MAY_WRITE,	    /* read as well; make, change and remove in it */
	V2V_MAY_USE,	    /* read and write what is there, and no more */
	V2V_MAY_EXECUTE,    /* a file */
	V2V_MAY_REMOVE_DIRS /* empty directories in it */
};

/* A set that allows nothing yet; TCP is refused unless @network.  Where the
 * kernel has no Landlock, or this process may not use it: abi 0, no failure. */
int v2v_landlock_new(
	bool network, struct v2v_landlock *ret, struct v2v_error *err);

/* Allow it on @path: a file, or a directory with all beneath.  One that is not
 * there does not need permission.  Links are followed now. */
void v2v_landlock_allow(
	const struct v2v_landlock *set, const char *path, enum v2v_may may);

/* From now on, for this thread; PR_SET_NO_NEW_PRIVS is set already.  0; 1 where
 * this process may not; -1. */
int v2v_landlock_enforce(const struct v2v_landlock *set, struct v2v_error *err);

void v2v_landlock_clear(struct v2v_landlock *set);
#define CLEANUP_LANDLOCK __attribute__((cleanup(v2v_landlock_clear)))
#endif
