/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All files that a disk of the source lies in. */
#ifndef V2V_MODEL_DISK_FILES_H
#define V2V_MODEL_DISK_FILES_H

#include "model/source.h"

/*
 * Call @call with each file of @disk, of its layers and of their extents, until
 * it does not return 0; its last result.  A file may come more than once.
 */
int v2v_disk_each_file(const struct v2v_disk *disk,
	int (*call)(const char *file, void *opaque), void *opaque);
#endif
