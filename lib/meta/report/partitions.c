/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The partitions of a disk, where they lie. */
#include "meta/report/partitions.h"

#include "meta/report/space.h"

static int by_offset(const void *a, const void *b)
{
	const struct v2v_partition *const *x = a, *const *y = b;

	return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

void v2v_report_partitions(const struct v2v_inspect *inspect, size_t index,
	struct v2v_list *ret_partitions)
{
	v2v_list_foreach (
		const struct v2v_partition, partition, &inspect->partitions)
		if (partition->offset >= 0 && partition->size > 0 &&
			v2v_space_is_disks(partition->device, index))
			*(const struct v2v_partition **)v2v_list_add(
				ret_partitions, sizeof(void *)) = partition;
	if (ret_partitions->count)
		qsort(ret_partitions->items, ret_partitions->count,
			sizeof(void *), by_offset);
}

char *v2v_report_partition_words(const struct v2v_list *partitions)
{
	struct v2v_text t = { 0 };

	v2v_list_foreach (
		const struct v2v_partition *const, partition, partitions) {
		const struct v2v_partition *p = *partition;
		const char *slash = strrchr(p->device, '/');
		CLEANUP_FREE char *size = v2v_html_size(p->size);

		v2v_text_join(&t, ", ", "%s %s %s",
			slash ? slash + 1 : p->device,
			p->type ? p->type : "unknown", size);
	}
	return v2v_text_take(&t);
}

/* The same part of @room as @part is of @whole. */
static int64_t scaled(int64_t part, int64_t whole, int64_t room)
{
	if (whole <= room)
		return part;
	return (int64_t)((double)part / (double)whole * (double)room);
}

void v2v_report_draw_filesystem(
	struct v2v_bar *bar, const struct v2v_filesystem *fs, int64_t room)
{
	int64_t size = v2v_space_size(fs), used = v2v_space_used(fs);
	CLEANUP_FREE char *in_use = v2v_html_size(used);
	CLEANUP_FREE char *unused = v2v_html_size(used < 0 ? -1 : size - used);
	CLEANUP_FREE char *title = v2v_format(
		"%s: %s used", fs->device, in_use ? in_use : "all taken for");
	CLEANUP_FREE char *rest =
		v2v_format("%s: %s free", fs->device, unused ? unused : "none");

	v2v_bar_add(
		bar, scaled(used < 0 ? size : used, size, room), "used", title);
	if (used >= 0)
		v2v_bar_add(bar, scaled(size - used, size, room), "free", rest);
}

static bool is_on_partition(
	const struct v2v_report *r, const struct v2v_filesystem *fs)
{
	v2v_list_foreach (
		const struct v2v_partition, partition, &r->inspect.partitions)
		if (v2v_space_is_in(fs, partition->device))
			return true;
	return false;
}

/* Is the file system drawn in the partition?  What lies on volumes is in the
 * one that is for volumes, where there is one only. */
static bool is_in(const struct v2v_report *r,
	const struct v2v_partition *partition, bool has_volumes,
	const struct v2v_filesystem *fs)
{
	if (v2v_space_size(fs) < 0 || !v2v_space_is_own(&r->inspect, fs))
		return false;
	return v2v_space_is_in(fs, partition->device) ||
	       (has_volumes && !is_on_partition(r, fs));
}

static bool is_for_volumes(const struct v2v_partition *partition)
{
	return v2v_streq(partition->type, "LVM2_member") ||
	       v2v_streq(partition->type, "crypto_LUKS") ||
	       v2v_streq(partition->type, "BitLocker");
}

static bool has_all_volumes(
	const struct v2v_report *r, const struct v2v_list *partitions)
{
	size_t n = 0;

	v2v_list_foreach (
		const struct v2v_partition *const, partition, partitions)
		n += is_for_volumes(*partition);
	return n == 1 && r->source.disks.count == 1;
}

static void draw_partition(struct v2v_bar *bar, const struct v2v_report *r,
	const struct v2v_partition *partition, bool has_volumes)
{
	int64_t end = partition->size > bar->total - bar->at
			      ? bar->total
			      : bar->at + partition->size;
	CLEANUP_FREE char *size = v2v_html_size(partition->size);
	CLEANUP_FREE char *title = v2v_format("%s: %s, %s", partition->device,
		partition->type ? partition->type : "unknown", size);

	v2v_list_foreach (
		const struct v2v_filesystem, fs, &r->inspect.filesystems)
		if (is_in(r, partition, has_volumes, fs))
			v2v_report_draw_filesystem(bar, fs, end - bar->at);
	v2v_bar_add(bar, end - bar->at, "other", title);
}

/* What is too narrow to be seen is not drawn: the first MiB. */
static void draw_gap(struct v2v_bar *bar, int64_t size)
{
	if (size > bar->total / 500)
		v2v_bar_add(bar, size, "other", "no partition");
	else if (size > 0)
		bar->at += size;
}

void v2v_report_draw_partitions(struct v2v_bar *bar, const struct v2v_report *r,
	const struct v2v_list *partitions)
{
	bool has_volumes = has_all_volumes(r, partitions);

	v2v_list_foreach (
		const struct v2v_partition *const, partition, partitions) {
		draw_gap(bar, (*partition)->offset - bar->at);
		draw_partition(bar, r, *partition,
			has_volumes && is_for_volumes(*partition));
	}
}
