/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private layer becomes an overlay of the document. */
#ifndef V2V_DISK_PUBLISH_H
#define V2V_DISK_PUBLISH_H

#include "core/handle.h"
#include "disk/private.h"

/*
 * Make the file that is open as @fd (for reading and writing) a qcow2 over the
 * source of @disk, as v2v_image_make_overlay() does, with what the layer has:
 * data, and zeros where it was discarded.  Where the layer's view is of an
 * overlay over that source, what that one has is in the new one, too: it takes
 * its place.  The rest of a cluster comes from the view.  @name is for errors.
 * Not synced.
 */
int v2v_private_write_overlay(struct v2v *v, struct v2v_private *layer,
	const struct v2v_disk *disk, int fd, const char *name,
	struct v2v_error *err);

/* The same into a file that has its name @path when it is complete and synced;
 * @force: what is there is replaced, also the old overlay that the view has
 * open. */
int v2v_private_publish(struct v2v *v, struct v2v_private *layer,
	const struct v2v_disk *disk, const char *path, bool force,
	struct v2v_error *err);
#endif
