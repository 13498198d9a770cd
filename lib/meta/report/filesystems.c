/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file systems, and where each is mounted. */
#include "meta/report/space.h"

/* "/, /home"; the caller's, NULL where it is mounted nowhere. */
static char *places(const struct v2v_report *r, const char *device)
{
	struct v2v_text t = { 0 };

	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &r->inspect.mountpoints)
		if (v2v_streq(mount->device, device))
			v2v_text_join(&t, ", ", "%s", mount->path);
	return t.length ? v2v_text_take(&t) : NULL;
}

/* Of what is not mounted, such as swap, its partition's. */
static int64_t size_of(
	const struct v2v_report *r, const struct v2v_filesystem *fs)
{
	v2v_list_foreach (
		const struct v2v_partition, partition, &r->inspect.partitions)
		if (!fs->statvfs && v2v_streq(partition->device, fs->device))
			return partition->size;
	return v2v_space_size(fs);
}

static void add_row(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_filesystem *fs)
{
	int64_t size = size_of(r, fs), used = v2v_space_used(fs);
	CLEANUP_FREE char *mounted = places(r, fs->device);
	CLEANUP_FREE char *all = v2v_html_size(size);
	CLEANUP_FREE char *in_use = v2v_html_size(used);
	CLEANUP_FREE char *unused = v2v_html_size(used < 0 ? -1 : size - used);

	v2v_html(t,
		"<tr><th scope=\"row\"><code>%s</code></th><td>%s</td>"
		"<td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td>"
		"<td class=\"n\">%s</td><td>%s</td><td "
		"class=\"id\"><code>%s</code></td>"
		"</tr>\n",
		fs->device, mounted, fs->type, all, in_use, unused, fs->label,
		fs->uuid);
}

void v2v_report_add_filesystems(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const columns[] = { "Device", "Mounted at", "Type",
		"#Size", "#Used", "#Free", "Label", "UUID", NULL };

	if (!r->inspect.filesystems.count)
		return;
	v2v_report_heading(t, r, "filesystems", "File systems");
	v2v_report_table(t, "File systems", columns);
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &r->inspect.filesystems)
		add_row(t, r, fs);
	v2v_report_table_end(t);
}
