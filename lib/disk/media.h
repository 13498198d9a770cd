/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that an image lies in, read with pread() only (a file that is cut
 * while it is read must be an error, not a signal), and so that the host's page
 * cache is left as it was found.
 */
#ifndef V2V_DISK_MEDIA_H
#define V2V_DISK_MEDIA_H

#include "image/headers.h"

struct v2v_media {
	struct v2v_slice slice; /* its name is owned */
	bool is_cold;		/* it was not in the page cache: drop it */
};

/* Open @size bytes from @offset on of a regular file (-1: all of it). */
int v2v_media_open(struct v2v_media *media, const char *file, int64_t offset,
	int64_t size, struct v2v_error *err);

/* The same of what is open already, a file or a device; @fd is taken over. */
int v2v_media_take(struct v2v_media *media, int fd, const char *name,
	uint64_t size, struct v2v_error *err);

/* Read exactly @size bytes at @at of the slice. */
int v2v_media_read(const struct v2v_media *media, void *data, size_t size,
	uint64_t at, struct v2v_error *err);

void v2v_media_close(struct v2v_media *media);

/* Does the file lie in memory only?  There is no cache to be spared. */
bool v2v_media_is_memory(int fd);

/* Forget what the page cache holds of the file, as far as it is written. */
void v2v_media_forget(int fd, uint64_t at, uint64_t length);
#endif
