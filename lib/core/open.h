/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the library opens files.  A program may have closed its descriptors 0 to
 * 2, and the kernel gives away the lowest number that is free: what anybody
 * then prints goes into that file.  So none of ours has such a number, and all
 * are close-on-exec.
 */
#ifndef V2V_OPEN_H
#define V2V_OPEN_H

#include <dirent.h>
#include <stdio.h>
#include <sys/types.h>

/* As open(2) and related calls, -1 and errno; @mode counts where a file is
 * made. */
int v2v_open(const char *path, int flags, mode_t mode);
int v2v_openat(int dir, const char *name, int flags);
/* @name beneath @dir: no part of it is a link, "..", or empty.  A FIFO is
 * opened without waiting for its other end. */
int v2v_open_beneath(int dir, const char *name, int flags);
int v2v_mkostemp(char *name);
int v2v_pipe(int ends[2]);
int v2v_socketpair(int ends[2]); /* AF_UNIX, a stream */
int v2v_socket(int domain, int type);
/* What another call gave away (accept4(2), a message): the same open file with
 * a number that is ours to have; -1 stays -1. */
int v2v_own_fd(int fd);
/* A file of memory, for writing and reading; @name is only for people. */
int v2v_memory_file(const char *name);
/* A descriptor of its own, for reading, of the very file that @fd is. */
int v2v_reopen(int fd);
DIR *v2v_opendir(const char *path);
FILE *v2v_fopen(const char *path); /* for reading */

/*
 * Before a foreign library opens what it writes (a socket, a file), which we
 * cannot move: those of 0 to 2 that are closed become /dev/null, and stay so.
 * Standard input and output still cannot be read or written; what goes
 * to standard error is lost.
 */
void v2v_occupy_standard(void);
#endif
