/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks, as bars: what the guest has on them, what the new files hold. */
#include "meta/report/partitions.h"
#include "meta/report/space.h"

#include "model/devices.h"

/* Is the file system drawn on the disk number @index?  What lies on volumes is
 * where the only disk is. */
static bool is_drawn(const struct v2v_report *r,
	const struct v2v_filesystem *fs, size_t index)
{
	if (v2v_space_size(fs) < 0 || !v2v_space_is_own(&r->inspect, fs))
		return false;
	return r->source.disks.count == 1 || v2v_space_is_on(fs, index);
}

/* On none of several disks, as far as its name says. */
static bool is_elsewhere(
	const struct v2v_report *r, const struct v2v_filesystem *fs)
{
	size_t disks = r->source.disks.count;

	if (disks < 2 || v2v_space_size(fs) < 0 ||
		!v2v_space_is_own(&r->inspect, fs))
		return false;
	for (size_t i = 0; i < disks; i++)
		if (v2v_space_is_on(fs, i))
			return false;
	return true;
}

struct sums {
	int64_t size, used; /* of the file systems; bytes */
	size_t count;
};

/* What would not be a number any more is left out. */
static void add_up(struct sums *sums, const struct v2v_filesystem *fs)
{
	int64_t size = v2v_space_size(fs), used = v2v_space_used(fs), all;

	if (__builtin_add_overflow(sums->size, size, &all))
		return;
	sums->size = all;
	sums->used += used < 0 ? size : used;
	sums->count++;
}

static struct sums sum_up(const struct v2v_report *r, size_t index)
{
	struct sums sums = { 0 };

	v2v_list_foreach (
		const struct v2v_filesystem, fs, &r->inspect.filesystems)
		if (index < r->source.disks.count ? is_drawn(r, fs, index)
						  : is_elsewhere(r, fs))
			add_up(&sums, fs);
	return sums;
}

/* What is known of the file systems alone, one behind the other. */
static void draw_filesystems(
	struct v2v_bar *bar, const struct v2v_report *r, size_t index)
{
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &r->inspect.filesystems)
		if (index < r->source.disks.count ? is_drawn(r, fs, index)
						  : is_elsewhere(r, fs))
			v2v_report_draw_filesystem(bar, fs, INT64_MAX);
}

static char *words_of(const struct sums *sums)
{
	CLEANUP_FREE char *used = v2v_html_size(sums->used);
	CLEANUP_FREE char *size = v2v_html_size(sums->size);
	CLEANUP_FREE char *count = v2v_html_count(sums->count, "file system");

	if (!sums->count)
		return v2v_strdup("no file system that was read");
	return v2v_format("%s used of %s in %s", used, size, count);
}

/* The bar of a disk, or, behind the last, of what lies on volumes. */
static void add_guest(struct v2v_text *t, const struct v2v_report *r,
	size_t index, int64_t disk_size)
{
	struct sums sums = sum_up(r, index);
	CLEANUP_FREE char *words = words_of(&sums);
	struct v2v_list partitions = { 0 };
	struct v2v_bar bar;

	v2v_report_partitions(&r->inspect, index, &partitions);
	if (partitions.count) {
		CLEANUP_FREE char *list =
			v2v_report_partition_words(&partitions);

		bar = v2v_bar_begin(t, "In the guest", words, disk_size);
		v2v_report_draw_partitions(&bar, r, &partitions);
		v2v_bar_end(&bar, "other", "no partition", words);
		v2v_html(t, "<p class=\"dim\">Partitions: %s</p>\n", list);
	} else if (sums.count) {
		bar = v2v_bar_begin(t, "In the guest", words,
			sums.size > disk_size ? sums.size : disk_size);
		draw_filesystems(&bar, r, index);
		v2v_bar_end(&bar, "other", "not a file system that was read",
			words);
	}
	free(partitions.items);
}

static void add_copy(
	struct v2v_text *t, const struct v2v_target *target, int64_t total)
{
	bool is_copied = target && target->actual_size >= 0;
	int64_t size = is_copied ? target->actual_size
		       : target	 ? target->estimated_size
				 : -1;
	CLEANUP_FREE char *bytes = v2v_html_size(size);
	CLEANUP_FREE char *words = NULL;
	struct v2v_bar bar;

	if (!bytes)
		return;
	words = v2v_format(
		is_copied ? "%s written" : "at most %s to be written", bytes);
	bar = v2v_bar_begin(t, "New file", words, total);
	v2v_bar_add(&bar, size, "copied", words);
	v2v_bar_end(&bar, "hole", "holes", words);
}

/* "sda → vda"; the caller's. */
static char *name_of(const struct v2v_report *r,
	const struct v2v_target *target, size_t index)
{
	CLEANUP_FREE char *old = v2v_devices_old_name(&r->source, index);
	const char *new = target ? target->dev : NULL;

	v2v_list_foreach (const struct v2v_device_map, map, &r->caps.device_map)
		if (!new &&v2v_streq(map->from, old))
			new = map->to;
	return new ? v2v_format("%s \xe2\x86\x92 %s", old, new) : v2v_take(old);
}

static void add_places(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_disk *disk, const struct v2v_target *target)
{
	const char *bus = target && target->bus ? target->bus : NULL;

	v2v_html(t, "<p><span class=\"dim\">Before:</span> %s",
		disk->controller ? disk->controller : "a bus that is unknown");
	if (disk->controller_model)
		v2v_html(t, " (%s)", disk->controller_model);
	v2v_html(t, ", <code>%s</code>", disk->file ? disk->file : "blank");
	if (disk->format)
		v2v_html(t, " (%s)", disk->format);
	v2v_html(t, "<br>\n<span class=\"dim\">After:</span> ");
	if (!bus)
		bus = r->is_converted ? r->caps.block_bus : NULL;
	v2v_html(t, "%s", bus ? bus : "not decided yet");
	if (target && target->file)
		v2v_html(t, ", <code>%s</code> (%s)", target->file,
			target->format);
	if (target && target->sha256)
		v2v_html(t,
			"<br>\n<span class=\"dim\">SHA-256:</span> "
			"<code>%s</code>",
			target->sha256);
	v2v_html(t, "</p>\n");
}

static void add_disk(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_disk *disk, size_t index)
{
	const struct v2v_target *target =
		v2v_targets_find(&r->targets, disk->id);
	CLEANUP_FREE char *size = v2v_html_size(disk->virtual_size);
	CLEANUP_FREE char *name = name_of(r, target, index);

	v2v_html(t, "<div class=\"disk\">\n<h4>Disk %lld, %s: %s%s</h4>\n",
		(long long)disk->id, name, size,
		r->inspect.boot_device == disk->id ? ", boots" : "");
	add_guest(t, r, index, disk->virtual_size);
	add_copy(t, target, disk->virtual_size);
	add_places(t, r, disk, target);
	v2v_html(t, "</div>\n");
}

void v2v_report_add_disks(struct v2v_text *t, const struct v2v_report *r)
{
	const struct v2v_disk *disk =
		v2v_items(struct v2v_disk, &r->source.disks);
	size_t count = r->source.disks.count;

	if (!count)
		return;
	v2v_report_heading(t, r, "disks", "Disks");
	for (size_t i = 0; i < count; i++)
		add_disk(t, r, &disk[i], i);
	if (sum_up(r, count).count) {
		v2v_html(t, "<div class=\"disk\">\n<h4>Volumes on several "
			    "disks</h4>\n");
		add_guest(t, r, count, 0);
		v2v_html(t, "</div>\n");
	}
	v2v_bar_legend(t);
}
