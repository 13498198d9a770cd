/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private layer over a disk: what a kernel writes there, and nobody else
 * sees until it is published.  Pages of 4 KiB in memory, then in a file without
 * a name; what was discarded is zeros and takes no room.  For one thread.
 */
#ifndef V2V_DISK_PRIVATE_H
#define V2V_DISK_PRIVATE_H

#include "disk/view.h"

struct v2v_private;

struct v2v_private_limits {
	uint64_t memory; /* bytes of pages in memory; more go to the file */
	uint64_t all;	 /* bytes in all, also of what knows their places */
	const char *directory; /* of the file; NULL: none, memory is all */
};

/*
 * A layer of @size bytes over @view, which is taken over, also where this
 * fails, and is not larger; NULL: over a blank disk.  What it does not have is
 * zeros.  @size is made whole sectors of 512 bytes.
 */
int v2v_private_new(struct v2v_disk_view *view, uint64_t size,
	const struct v2v_private_limits *limits,
	struct v2v_private **ret_private, struct v2v_error *err);
void v2v_private_free(struct v2v_private *layer);

/*
 * What the kernel asks for; @layer is a struct v2v_private.  0, or -1: an I/O
 * error for the kernel.  Positions and sizes are any that lie inside the disk.
 * Discarded is zeros at once, to the byte.  A failed write may have written a
 * part.  There is nothing to flush: the layer ends with us.
 */
int v2v_private_read(void *layer, uint64_t at, void *data, size_t size);
int v2v_private_write(void *layer, uint64_t at, const void *data, size_t size);
int v2v_private_discard(void *layer, uint64_t at, uint64_t size);

/* Why one of them failed first; its code is NULL where none did. "image-range",
 * "layer-full", the reader's. */
const struct v2v_error *v2v_private_error(const struct v2v_private *layer);

uint64_t v2v_private_size(const struct v2v_private *layer);
struct v2v_disk_view *v2v_private_view(const struct v2v_private *layer);
/* What lies below is closed; from then on only what the layer has can be
 * read, the rest is an error. */
void v2v_private_close_view(struct v2v_private *layer);
bool v2v_private_is_empty(const struct v2v_private *layer);

/* Of the bytes from @at on, before @limit: what the layer has, and how many are
 * alike; its pages are whole, so only the disk's end can lie in one. */
enum v2v_span_kind v2v_private_run(const struct v2v_private *layer, uint64_t at,
	uint64_t limit, uint64_t *ret_length);

struct v2v_private_figures {
	uint64_t memory, file; /* bytes of pages */
	uint64_t tree;	       /* bytes that know their places */
};
struct v2v_private_figures v2v_private_figures(const struct v2v_private *layer);
#endif
