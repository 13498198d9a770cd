/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which disk a name means under the old hypervisor. */
#include "model/devices-private.h"

#include <ctype.h>

bool v2v_device_partition(const char *s, unsigned *ret)
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

size_t v2v_device_nth(
	const struct v2v_source *source, const char *class, size_t n)
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
	if (n == 0 || !v2v_device_partition(s + n, ret_partition))
		return false;
	*ret_disk = v2v_device_nth(source, prefixes[i], index - 1);
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
		*ret_disk =
			v2v_device_nth(source, "nvme", controller + unit - 1);
	} else if (sscanf(s, "cciss/c%3ud%3u%n", &controller, &unit, &n) == 2 &&
		   n) {
		*ret_disk = unit;
	} else {
		return false;
	}
	if (s[n] == 'p')
		n++;
	return v2v_device_partition(s + n, ret_partition);
}

bool v2v_device_name_parse(const struct v2v_source *source, const char *name,
	size_t *ret_disk, unsigned *ret_partition)
{
	return parse_lettered(source, name, ret_disk, ret_partition) ||
	       parse_numbered(source, name, ret_disk, ret_partition);
}
