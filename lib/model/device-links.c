/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which disk a link of /dev/disk/by-path or by-id means. */
#include "model/devices-private.h"

/* How a link of by-path finds the disk on its controller. */
static const char *const ways[] = { "-scsi-", "-sas-phy", "-sas-0x", "-ata-",
	"-nvme-" };

/* Where that begins, and which it is; NULL: in no known way. */
static const char *way_of(const char *link, size_t *ret_way)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const char *s = strstr(link, ways[i]);

		*ret_way = i;
		if (s)
			return s;
	}
	return NULL;
}

static bool is_at(
	const struct v2v_disk *disk, const char *controller, int64_t unit)
{
	return disk->unit == unit && v2v_streq(disk->controller, controller);
}

static bool any_at(
	const struct v2v_source *source, const char *controller, int64_t unit)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
		if (is_at(disk, controller, unit))
			return true;
	return false;
}

/*
 * Is disk @i in such a place?  "pci-0000:03:00.0-scsi-0:0:1:0": the target,
 * which is 0 where the LUN tells units apart; "…-sas-phy1-lun-0": the phy;
 * "…-ata-2": the port; "…-ata-1.1": the second on an IDE cable; "…-nvme-1": the
 * namespace.  True where that is unknown.
 */
static bool is_in_place(
	const struct v2v_source *source, size_t i, const char *link)
{
	const struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &source->disks)[i];
	unsigned a, b = 0, c, d;
	size_t way;
	const char *s = way_of(link, &way);

	if (!s || !disk->controller || disk->unit < 0)
		return true;
	if (sscanf(s, "-scsi-%3u:%3u:%5u:%5u", &a, &b, &c, &d) == 4)
		return c && d ? v2v_streq(disk->controller, "scsi")
			      : is_at(disk, "scsi", c + d);
	if (sscanf(s, "-sas-phy%3u-lun-%5u", &a, &b) == 2)
		return b == 0 && is_at(disk, "scsi", a);
	if (sscanf(s, "-nvme-%3u", &a) == 1)
		return a > 0 && v2v_streq(disk->controller, "nvme") &&
		       v2v_device_nth(source, "nvme", a - 1) == i;
	if (sscanf(s, "-ata-%3u.%3u", &a, &b) < 1)
		return true;
	if (a > 0 && any_at(source, "sata", a - 1))
		return is_at(disk, "sata", a - 1);
	return a > 0 && is_at(disk, "ide", (a - 1) * 2 + b);
}

/* The controller of disk @i, numbered among those of its kind: disks come by
 * their controllers, and on each by their units. */
static size_t controller_of(const struct v2v_source *source, size_t i)
{
	const struct v2v_disk *disks = source->disks.items, *last = NULL;
	size_t number = 0;

	for (size_t k = 0; k <= i; k++) {
		if (!v2v_streq(disks[k].controller, disks[i].controller))
			continue;
		number += last && (disks[k].unit <= last->unit ||
					  !v2v_streq(disks[k].controller_model,
						  last->controller_model));
		last = &disks[k];
	}
	return number;
}

/*
 * May disk @i be on the controller of @link, where the disk @root is on that of
 * @root_link?  What comes before the way is the controller's place on the old
 * bus.
 */
static bool is_on_controller(const struct v2v_source *source, size_t i,
	const char *link, size_t root, const char *root_link)
{
	const struct v2v_disk *disks = source->disks.items;
	size_t way, root_way;
	const char *s = way_of(link, &way), *r = way_of(root_link, &root_way);
	bool same;

	if (!s || !r || root >= source->disks.count || disks[root].unit < 0 ||
		disks[i].unit < 0 ||
		!v2v_streq(disks[i].controller, disks[root].controller))
		return true;
	same = s - link == r - root_link &&
	       strncmp(link, root_link, (size_t)(s - link)) == 0;
	return same ==
	       (controller_of(source, i) == controller_of(source, root));
}

bool v2v_device_link_may_be(const struct v2v_source *source, size_t i,
	const char *link, size_t root, const char *root_link)
{
	return is_in_place(source, i, link) &&
	       is_on_controller(source, i, link, root, root_link);
}

/* The only disk in such a place; else their number. */
static size_t disk_of_path(const struct v2v_source *source, const char *name)
{
	const size_t count = source->disks.count;
	size_t found = count, way;

	if (!way_of(name, &way))
		return count;
	for (size_t i = 0; i < count; i++) {
		if (!is_in_place(source, i, name))
			continue;
		if (found < count)
			return count;
		found = i;
	}
	return found;
}

/* Links that stay true: they name what is on the disk; or not a disk of ours.
 */
static bool is_stable(const char *id)
{
	static const char *const words[] = { "dm-", "md-", "lvm-", "usb-" };

	return v2v_starts_with_any(id, words);
}

/* Links that are one each for a disk, by what comes before its number; those
 * of a group have the same numbers. */
static const struct {
	const char *start;
	int group;
} kinds[] = {
	{ "disk/by-id/scsi-3", 1 },
	{ "disk/by-id/wwn-0x", 1 },
	{ "disk/by-id/nvme-eui.", 2 },
	{ "disk/by-id/ata-", 3 },
};

/* The number, and the group; 0 where the link is not of such a kind. */
static int parse_number(const char *link, const char **ret_number)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!v2v_starts_with(link, kinds[i].start))
			continue;
		*ret_number = link + strlen(kinds[i].start);
		return kinds[i].group;
	}
	return 0;
}

/* Without the partition. */
static size_t disk_length(const char *link)
{
	const char *part = strstr(link, "-part");

	return part ? (size_t)(part - link) : strlen(link);
}

/* "-ata-1-part2" is "-ata-1.0-part1", too. */
static bool is_same_port(const char *s, const char *t)
{
	unsigned a, b = 0, c, d = 0;

	return sscanf(s, "-ata-%3u.%3u", &a, &b) >= 1 &&
	       sscanf(t, "-ata-%3u.%3u", &c, &d) >= 1 && a == c && b == d;
}

enum v2v_same v2v_device_links_compare(const char *a, const char *b)
{
	size_t m = disk_length(a), n = disk_length(b), way, other;
	const char *x = a, *y = b, *s = way_of(a, &way), *t = way_of(b, &other);
	int group = parse_number(a, &x);

	if (m == n && strncmp(a, b, n) == 0)
		return V2V_SAME_DISK;
	/* Numbers of other lengths may be of another kind. */
	if (group && group == parse_number(b, &y)) {
		m = disk_length(x);
		if (m != disk_length(y))
			return V2V_SAME_UNKNOWN;
		return strncmp(x, y, m) ? V2V_OTHER_DISK : V2V_SAME_DISK;
	}
	if (s && t && way == other && s - a == t - b &&
		strncmp(a, b, (size_t)(s - a)) == 0 && !is_same_port(s, t))
		return V2V_OTHER_DISK;
	return V2V_SAME_UNKNOWN;
}

bool v2v_device_link_parse(const struct v2v_source *source, const char *name,
	size_t *ret_disk, unsigned *ret_partition)
{
	static const char by_path[] = "disk/by-path/", by_id[] = "disk/by-id/";
	const char *part = strstr(name, "-part");
	bool path = v2v_starts_with(name, by_path);

	if (path ? strstr(name, "-usb-") != NULL
		 : !v2v_starts_with(name, by_id) ||
				is_stable(name + strlen(by_id)))
		return false;
	if (!v2v_device_partition(
		    part ? part + strlen("-part") : "", ret_partition))
		return false;
	*ret_disk = source->disks.count;
	/* With one disk there is no doubt which is meant. */
	if (source->disks.count == 1)
		*ret_disk = 0;
	else if (path)
		*ret_disk = disk_of_path(source, name);
	return true;
}
