/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How large file systems are, and on which disk. */
#ifndef V2V_META_SPACE_H
#define V2V_META_SPACE_H

#include "meta/report/report.h"

/* The bytes of a file system, and those in use; -1: unknown. */
int64_t v2v_space_size(const struct v2v_filesystem *fs);
int64_t v2v_space_used(const struct v2v_filesystem *fs);

/* Is @device the disk number @index, or a partition of it? */
bool v2v_space_is_disks(const char *device, size_t index);
/* Is the file system on one? */
bool v2v_space_is_on(const struct v2v_filesystem *fs, size_t index);
/* Is it what is on the partition of this name, or a subvolume of that? */
bool v2v_space_is_in(const struct v2v_filesystem *fs, const char *partition);

/* Is it one that has room of its own: of a btrfs only the first that the
 * document has, not each of its subvolumes. */
bool v2v_space_is_own(
	const struct v2v_inspect *inspect, const struct v2v_filesystem *fs);
#endif
