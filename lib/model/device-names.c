/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which disk a name means under the old hypervisor. */
#include "model/devices.h"

#include <ctype.h>

/* Digits to the end of @s: a partition number, 0 where there are none. */
static bool parse_partition(const char *s, unsigned *ret)
{
	uint64_t n = 0;

	if (*s && (!v2v_parse_u64(s, &n) || n == 0 || n > 128))
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool is_class(const struct v2v_disk *disk, const char *class)
{
	bool nvme = v2v_streq(disk->controller, "nvme");
	bool ide = v2v_streq(disk->controller, "ide");

	if (strcmp(class, "nvme") == 0)
		return nvme;
	if (strcmp(class, "hd") == 0)
		return ide;
	if (strcmp(class, "sd") == 0)
		return !nvme;
	return true;
}

/* Disk number @n of those that are called so; of all where none is known to be
 * (an image has no controllers). */
static size_t nth(const struct v2v_source *source, const char *class, size_t n)
{
	const struct v2v_disk *disks = source->disks.items;
	size_t seen = 0;

	for (size_t i = 0; i < source->disks.count; i++)
		if (is_class(&disks[i], class) && seen++ == n)
			return i;
	return seen ? source->disks.count : n;
}

/* sda1, hdb, xvda2, vdc3: letters count the disks */
static bool parse_lettered(const struct v2v_source *source, const char *s,
	size_t *ret_disk, unsigned *ret_partition)
{
	static const char *const prefixes[] = { "sd", "hd", "vd", "xvd" };
	size_t index = 0, i = 0, n;

	while (i < 4 && !v2v_starts_with(s, prefixes[i]))
		i++;
	if (i == 4)
		return false;
	s += strlen(prefixes[i]);
	for (n = 0; n < 3 && islower((unsigned char)s[n]); n++)
		index = index * 26 + (size_t)(s[n] - 'a') + 1;
	if (n == 0 || !parse_partition(s + n, ret_partition))
		return false;
	*ret_disk = nth(source, prefixes[i], index - 1);
	return true;
}

/* nvme0n1p2: VMware's disks on one controller are its namespaces 1, 2, …;
 * cciss/c0d0p1 */
static bool parse_numbered(const struct v2v_source *source, const char *s,
	size_t *ret_disk, unsigned *ret_partition)
{
	unsigned controller, unit;
	int n = 0;

	if (sscanf(s, "nvme%3un%3u%n", &controller, &unit, &n) == 2 && n) {
		if (unit == 0)
			return false;
		*ret_disk = nth(source, "nvme", controller + unit - 1);
	} else if (sscanf(s, "cciss/c%3ud%3u%n", &controller, &unit, &n) == 2 &&
		   n) {
		*ret_disk = unit;
	} else {
		return false;
	}
	if (s[n] == 'p')
		n++;
	return parse_partition(s + n, ret_partition);
}

bool v2v_device_name_parse(const struct v2v_source *source, const char *name,
	size_t *ret_disk, unsigned *ret_partition)
{
	return parse_lettered(source, name, ret_disk, ret_partition) ||
	       parse_numbered(source, name, ret_disk, ret_partition);
}

/* The only disk with this place on controllers of one kind; else their
 * number. */
static size_t at_unit(
	const struct v2v_source *source, const char *controller, int64_t unit)
{
	const struct v2v_disk *disks = source->disks.items;
	size_t found = source->disks.count;

	for (size_t i = 0; i < source->disks.count; i++) {
		if (disks[i].unit != unit ||
			!v2v_streq(disks[i].controller, controller))
			continue;
		if (found < source->disks.count)
			return source->disks.count;
		found = i;
	}
	return found;
}

/* "pci-0000:03:00.0-scsi-0:0:1:0": the target, which is 0 where units are told
 * by their LUN; "…-sas-phy1-lun-0": the phy; "…-ata-2": the port; "…-ata-1.1":
 * the second on an IDE cable; "…-nvme-1": the namespace. */
static size_t disk_of_path(const struct v2v_source *source, const char *name)
{
	const char *scsi = strstr(name, "-scsi-"), *ata = strstr(name, "-ata-");
	const char *nvme = strstr(name, "-nvme-"), *sas = strstr(name, "-sas-");
	unsigned a, b = 0, c, d;

	if (scsi && sscanf(scsi, "-scsi-%3u:%3u:%5u:%5u", &a, &b, &c, &d) == 4)
		return c && d ? source->disks.count
			      : at_unit(source, "scsi", c + d);
	if (sas && sscanf(sas, "-sas-phy%3u-lun-%5u", &a, &b) == 2 && b == 0)
		return at_unit(source, "scsi", a);
	if (ata && sscanf(ata, "-ata-%3u.%3u", &a, &b) >= 1 && a > 0) {
		size_t disk = at_unit(source, "sata", a - 1);

		return disk < source->disks.count
			       ? disk
			       : at_unit(source, "ide", (a - 1) * 2 + b);
	}
	if (nvme && sscanf(nvme, "-nvme-%3u", &a) == 1 && a > 0)
		return nth(source, "nvme", a - 1);
	return source->disks.count;
}

/* Links that stay true: they name what is on the disk; or no disk of ours. */
static bool is_stable(const char *id)
{
	static const char *const words[] = { "dm-", "md-", "lvm-", "usb-" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (v2v_starts_with(id, words[i]))
			return true;
	return false;
}

/* Links that are one each for a disk, by what stands before its number; those
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

/* The number, and the group; 0 where the link is of no such kind. */
static int parse_number(const char *link, const char **ret_number)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (!v2v_starts_with(link, kinds[i].start))
			continue;
		*ret_number = link + strlen(kinds[i].start);
		return kinds[i].group;
	}
	return 0;
}

/* Of a link by SAS addresses: "pci-0000:03:00.0-sas-0x5000c29…-lun-0"; the
 * controller's place and "-sas-0x". */
static size_t sas_length(const char *link)
{
	const char *sas = strstr(link, "-sas-0x");

	return sas ? (size_t)(sas - link) + strlen("-sas-0x") : 0;
}

/* Without the partition. */
static size_t disk_length(const char *link)
{
	const char *part = strstr(link, "-part");

	return part ? (size_t)(part - link) : strlen(link);
}

enum v2v_same v2v_device_links_compare(const char *a, const char *b)
{
	size_t m = disk_length(a), n = disk_length(b), sas = sas_length(a);
	const char *x = a, *y = b;
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
	if (m == n && sas && sas == sas_length(b) && strncmp(a, b, sas) == 0)
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
	if (!parse_partition(part ? part + strlen("-part") : "", ret_partition))
		return false;
	*ret_disk = source->disks.count;
	/* With one disk there is no doubt which is meant. */
	if (source->disks.count == 1)
		*ret_disk = 0;
	else if (path)
		*ret_disk = disk_of_path(source, name);
	return true;
}
