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

/* "pci-0000:03:00.0-scsi-0:0:1:0": the target; "…-ata-2": the port;
 * "…-ata-1.1": the second on an IDE cable; "…-nvme-1": the namespace. */
static size_t disk_of_path(const struct v2v_source *source, const char *name)
{
	const char *scsi = strstr(name, "-scsi-"), *ata = strstr(name, "-ata-");
	const char *nvme = strstr(name, "-nvme-");
	unsigned a, b = 0, c, d;

	if (scsi && sscanf(scsi, "-scsi-%3u:%3u:%5u:%5u", &a, &b, &c, &d) == 4)
		return at_unit(source, "scsi", c);
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
	static const char *const kinds[] = { "dm-", "md-", "lvm-", "usb-" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (v2v_starts_with(id, kinds[i]))
			return true;
	return false;
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
