/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locals that own something give it up at the end of their scope.  Foreign
 * libraries' types have their cleanup in the one module that meets them.
 */
#ifndef V2V_CLEANUP_H
#define V2V_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Hand over what @pointer owns: its value, and NULL is left behind. */
#define v2v_take(pointer)                                                      \
	({                                                                     \
		__typeof__(pointer) *take_p = &(pointer);                      \
		__typeof__(pointer) take_v = *take_p;                          \
		*take_p = NULL;                                                \
		take_v;                                                        \
	})

/* The same for a file descriptor; -1 is left behind. */
static inline int v2v_take_fd(int *fd)
{
	int value = *fd;

	*fd = -1;
	return value;
}

static inline void v2v_cleanup_free(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void v2v_cleanup_strv(char ***p)
{
	if (*p)
		for (char **s = *p; *s; s++)
			free(*s);
	free(*p);
}

static inline void v2v_cleanup_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void v2v_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void v2v_cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* A file that is removed unless its name was taken with v2v_take(). */
static inline void v2v_cleanup_unlink_free(char **p)
{
	int saved = errno;

	if (*p)
		unlink(*p);
	free(*p);
	errno = saved;
}

#define CLEANUP_FREE	    __attribute__((cleanup(v2v_cleanup_free)))
#define CLEANUP_STRV	    __attribute__((cleanup(v2v_cleanup_strv)))
#define CLEANUP_CLOSE	    __attribute__((cleanup(v2v_cleanup_close)))
#define CLEANUP_FCLOSE	    __attribute__((cleanup(v2v_cleanup_fclose)))
#define CLEANUP_CLOSEDIR    __attribute__((cleanup(v2v_cleanup_closedir)))
#define CLEANUP_UNLINK_FREE __attribute__((cleanup(v2v_cleanup_unlink_free)))
#endif
