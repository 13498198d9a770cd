/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How one disk gets to its target: the ways to do it have this form. */
#ifndef V2V_COPY_COPIER_H
#define V2V_COPY_COPIER_H

#include "core/handle.h"
#include "model/source.h"

/* One disk to be copied; all of it is borrowed. */
struct v2v_copy_job {
	const struct v2v_disk *disk;
	const char *source;	   /* qemu's name of it; NULL: blank */
	const char *source_format; /* NULL: blank */
	const char *target;	   /* an empty file; absolute */
	const char *format;	   /* of the target: "qcow2" "raw" */
	uint64_t virtual_size;	   /* bytes, a multiple of 512 */
	const char *preallocation; /* "off" "metadata" "falloc" "full" */
	bool compress;
};

struct v2v_copier {
	const char *name;

	/*
	 * Make the target hold what the guest reads from the source, and
	 * nothing where that is blank.  Zeros take no room, unless they are to
	 * be preallocated.  The file stays the same (inode); its data need not
	 * have reached the disk.  Calls v2v_progress() as it goes, unit "bytes"
	 * of the virtual size, and ends soon when the handle is cancelled.
	 */
	int (*copy)(struct v2v *v, const struct v2v_copy_job *job,
		struct v2v_error *err);
};

/* With qemu-img: whatever it can read. */
extern const struct v2v_copier v2v_copier_qemu_img;
#endif
