/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that is read at any position, a little here and there, as a guest's
 * kernel reads it: over a reader, whose tables are walked where something is
 * asked for and are kept as an index, within bounds.  What is stored packed is
 * unpacked once and kept a while, and nothing is unpacked that was not asked
 * for.  For one thread.
 */
#ifndef V2V_DISK_VIEW_H
#define V2V_DISK_VIEW_H

#include "disk/reader.h"

struct v2v_disk_view;

#define V2V_VIEW_CACHE (32U << 20) /* bytes; what is usual */

/*
 * Over @reader, which is taken over; NULL: a blank disk.  Of @size bytes:
 * behind the reader's end all is zeros.  At most @cache bytes of unpacked
 * pieces are kept, but for one piece.
 */
struct v2v_disk_view *v2v_view_new(
	struct v2v_reader *reader, uint64_t size, size_t cache);

/* The guest's bytes; "image-range" where they are not all inside the disk.  A
 * table or piece that is broken is the error of the reader; what lies elsewhere
 * can still be read. */
int v2v_view_read(struct v2v_disk_view *view, uint64_t at, void *data,
	size_t size, struct v2v_error *err);

uint64_t v2v_view_size(const struct v2v_disk_view *view);

/* What it lies over, borrowed: to be asked for spans, also between reads. */
struct v2v_reader *v2v_view_reader(const struct v2v_disk_view *view);

struct v2v_view_figures {
	uint64_t walks;	   /* parts of the index that were made */
	uint64_t spans;	   /* that are held now */
	uint64_t unpacked; /* pieces */
	uint64_t found;	   /* pieces that were there already */
	uint64_t held;	   /* bytes of pieces, now */
};
struct v2v_view_figures v2v_view_figures(const struct v2v_disk_view *view);

void v2v_view_free(struct v2v_disk_view *view);
#endif
