/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cpio format of initramfs ("newc", Linux: Documentation/driver-api/
 * early-userspace/buffer-format.rst): reading a stream of it, and writing one.
 */
#ifndef V2V_INITRD_CPIO_H
#define V2V_INITRD_CPIO_H

#include "core/fields.h"
#include "initrd/stream.h"

#define V2V_CPIO_HEADER 110 /* bytes: magic and 13 numbers of 8 hex digits */

/* Limits: with more, it is not an initramfs. */
#define V2V_CPIO_MAX_MEMBERS 1000000
#define V2V_CPIO_MAX_BYTES   V2V_STREAM_MAX_BYTES
#define V2V_CPIO_MAX_TEXT    (2 << 20) /* of a captured file */

struct v2v_cpio_member {
	const char *name; /* without "./" or "/" in front; lent */
	uint32_t mode;	  /* as stat's st_mode */
	uint32_t size;	  /* bytes */
};

struct v2v_cpio_walk {
	/* Each member; false ends the walk.  NULL: none of interest. */
	bool (*see)(const struct v2v_cpio_member *member, void *opaque);
	/* The text of a file whose name @capture lists (NULL at its end), or
	 * that lies in a folder of it, whose name ends in '/'. */
	void (*keep)(const struct v2v_cpio_member *member, const char *text,
		void *opaque);
	const char *const *capture;
	void *opaque;
	uint64_t ret_position; /* of what is not cpio, or the end */
	bool ret_whole;	       /* that is the end of the stream */
	bool ret_trailer;      /* an archive was read to its trailer */
};

/* Are these bytes a member's header? */
bool v2v_cpio_is_header(const unsigned char bytes[V2V_CPIO_HEADER]);

/* Read archives, one after the other, zeros between, until something else
 * begins.  A member that is cut off is an error, "initrd-unreadable". */
int v2v_cpio_read(struct v2v_cpio_walk *walk, struct v2v_stream *stream,
	struct v2v_error *err);

/* An archive being written; zeroed but for @fd.  @fd -1 only counts. */
struct v2v_cpio {
	int fd;
	uint64_t size; /* bytes so far */
	uint32_t inode;
	struct v2v_list dirs; /* of char *: those that are there */
};

/* Add a file (0644, root's), and the folders above it that are not there yet.
 * @data_fd holds its @size bytes from the start; not read where only counting.
 */
int v2v_cpio_add(struct v2v_cpio *cpio, const char *path, int data_fd,
	uint64_t size, struct v2v_error *err);

/* The same from memory, with the permissions of @mode; a link where @mode says
 * so, which leads to @data. */
int v2v_cpio_add_data(struct v2v_cpio *cpio, const char *path, uint32_t mode,
	const void *data, size_t size, struct v2v_error *err);

/* Write the trailer.  The size is a multiple of 4. */
int v2v_cpio_finish(struct v2v_cpio *cpio, struct v2v_error *err);
void v2v_cpio_clear(struct v2v_cpio *cpio);
#define CLEANUP_CPIO __attribute__((cleanup(v2v_cpio_clear)))
#endif
