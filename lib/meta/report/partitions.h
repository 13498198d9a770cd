/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The partitions of a disk, where they lie. */
#ifndef V2V_META_PARTITIONS_H
#define V2V_META_PARTITIONS_H

#include "meta/report/bar.h"
#include "meta/report/report.h"

/* Those of the disk number @index, in the order in which they lie on it: of
 * const struct v2v_partition *, borrowed; the list's items are the caller's to
 * free. */
void v2v_report_partitions(const struct v2v_inspect *inspect, size_t index,
	struct v2v_list *ret_partitions);

/* "sda1 ext4 238.0 MiB, sda2 swap 1.0 GiB"; the caller's. */
char *v2v_report_partition_words(const struct v2v_list *partitions);

/* What lies in a partition, on the bar: file systems, which fill its @size
 * together at most, and the rest of it. */
void v2v_report_draw_partitions(struct v2v_bar *bar, const struct v2v_report *r,
	const struct v2v_list *partitions);

/* A file system: what is used of it, and what is free; @room bytes at most. */
void v2v_report_draw_filesystem(
	struct v2v_bar *bar, const struct v2v_filesystem *fs, int64_t room);
#endif
