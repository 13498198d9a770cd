/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain disk images as a machine of their own. */
#ifndef V2V_UNPACK_IMAGES_H
#define V2V_UNPACK_IMAGES_H

#include "core/workdir.h"
#include "model/source.h"
#include "unpack/names.h"

/*
 * Fill *@ret_source: all @files (NULL at the end) are the disks of one machine,
 * in their order, which has a network card and for the rest the defaults of
 * v2v.h.  Without a stated format each file must be recognized as an image.
 * *@ret_workdir is made where a disk must be unpacked (else it stays empty),
 * and is the caller's, also on failure.
 */
int v2v_unpack_images(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, struct v2v_source *ret_source,
	struct v2v_workdir *ret_workdir, struct v2v_error *err);

/* A document has its names in UTF-8; another one would name another file.  And
 * nobody has a device among them mounted, or in use otherwise. */
int v2v_unpack_check_files(
	const struct v2v_source *source, struct v2v_error *err);

/* Format and size of the disk whose place is filled in. */
int v2v_unpack_read_image(const struct v2v_unpack_options *opt,
	struct v2v_disk *disk, struct v2v_error *err);

#endif
