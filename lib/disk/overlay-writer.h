/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clusters added to an empty overlay (image/image.h,
 * v2v_image_make_overlay()), upwards, one behind the other. */
#ifndef V2V_DISK_OVERLAY_WRITER_H
#define V2V_DISK_OVERLAY_WRITER_H

#include "core/error.h"

struct v2v_overlay_writer;

/* Over what is open as @fd, for reading and writing; @name, for errors, is
 * borrowed. */
int v2v_overlay_writer_new(int fd, const char *name,
	struct v2v_overlay_writer **ret_writer, struct v2v_error *err);
void v2v_overlay_writer_free(struct v2v_overlay_writer *writer);

/* The disk's cluster (of V2V_CLUSTER bytes, disk/layout.h) @cluster, which is
 * behind all that were added: its content, or that it is zeros. */
int v2v_overlay_writer_data(struct v2v_overlay_writer *writer, uint64_t cluster,
	const void *data, struct v2v_error *err);
int v2v_overlay_writer_zero(struct v2v_overlay_writer *writer, uint64_t cluster,
	struct v2v_error *err);

/* Write what counts the clusters; the file is whole then, and not synced. */
int v2v_overlay_writer_finish(
	struct v2v_overlay_writer *writer, struct v2v_error *err);
#endif
