/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fstab as libguestfs understands it.  linux/storage/fstab.h understands more;
 * what it leaves out has here the device that is written there. */
#include "core/lines.h"
#include "linux/distro/distro.h"
#include "model/appliance-names.h"
#include "os/os-private.h"

#include <ctype.h>

#define MOST_TEXT (100 * 1000) /* bytes, libguestfs' */

struct fstab {
	const struct v2v_list *volumes;
	const char *device, *type; /* the root's */
	char *mdadm;		   /* text of mdadm.conf; NULL */
};

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* Is it a disk, or has it partitions? */
static bool has_disk(const struct v2v_list *volumes, const char *disk)
{
	const size_t n = strlen(disk);

	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (v2v_starts_with(volume->device, disk) &&
			(!volume->device[n] || is_digit(volume->device[n])))
			return true;
	return false;
}

/* Floppies and CDs. */
static bool is_removable(const char *spec)
{
	static const char *const names[] = { "/dev/floppy", "/dev/cdrom" };

	return ((v2v_starts_with(spec, "/dev/fd") ||
			v2v_starts_with(spec, "/dev/cd")) &&
		       is_digit(spec[7])) ||
	       v2v_is_one_of(spec, names) ||
	       v2v_starts_with(spec, "/dev/iso9660/");
}

/* What the running system makes. */
static bool is_passed_over(const char *path)
{
	static const char *const below[] = { "/dev/", "/media/", "/proc/",
		"/selinux/", "/sys/" };
	static const char *const names[] = { "/dev", "/proc", "/selinux",
		"/sys" };

	return v2v_starts_with_any(path, below) || v2v_is_one_of(path, names);
}

/* "//usr//local/" is "/usr/local". */
static char *canonical(const char *path)
{
	struct v2v_text text = { 0 };

	for (const char *s = path; *s;) {
		size_t n = strcspn(s, "/");

		if (n && (text.length || *path == '/'))
			v2v_text_add(&text, "/", 1);
		v2v_text_add(&text, s, n);
		s += n + (s[n] == '/');
	}
	if (*path == '/' && !text.length)
		v2v_text_add(&text, "/", 1);
	return v2v_text_take(&text);
}

/* "/dev/mapper/vg-lv": a '-' of a name is doubled there. */
static char *mapper_name(const char *device)
{
	struct v2v_text text = { 0 };
	const char *rest = device + strlen("/dev/");
	bool seen = false;

	v2v_text_addf(&text, "/dev/mapper/");
	for (; *rest; rest++) {
		if (*rest == '/')
			seen = true;
		v2v_text_addf(&text, "%s",
			*rest == '-' ? "--" : (*rest == '/' ? "-" : ""));
		if (*rest != '-' && *rest != '/')
			v2v_text_add(&text, rest, 1);
	}
	if (!seen)
		v2v_text_clear(&text);
	return v2v_text_take(&text);
}

static char *of_mapper(const struct fstab *fstab, const char *spec)
{
	v2v_list_foreach (const struct v2v_volume, volume, fstab->volumes) {
		CLEANUP_FREE char *name = mapper_name(volume->device);

		if (strcmp(name, spec) == 0)
			return v2v_strdup(volume->device);
	}
	return v2v_strdup(spec);
}

/* Of "a", "z", "aa" … the number from 0; -1. */
static int64_t index_of(const char *letters, size_t n)
{
	int64_t index = 0;

	if (n == 0 || n > 3)
		return -1;
	for (size_t i = 0; i < n; i++)
		index = index * 26 + (letters[i] - 'a' + 1);
	return index - 1;
}

/* libguestfs asks for the disk only, not for its partition. */
static char *partition_or(const struct fstab *fstab, int64_t disk,
	int64_t number, const char *spec)
{
	CLEANUP_FREE char *whole =
		disk >= 0 ? v2v_appliance_disk((size_t)disk, 0) : NULL;

	if (!whole || number < 1 || number > INT32_MAX ||
		!has_disk(fstab->volumes, whole))
		return v2v_strdup(spec);
	return v2v_appliance_disk((size_t)disk, (unsigned)number);
}

/* "/dev/hd0s1" of the Hurd; NULL: it is not such a name. */
static char *of_hurd(const struct fstab *fstab, const char *spec)
{
	static const char prefix[] = "/dev/hd";
	const char *s = spec + strlen(prefix);
	int64_t disk, number;

	if (!v2v_starts_with(spec, prefix) || !is_digit(*s))
		return NULL;
	disk = v2v_distro_number(&s);
	if (*s != 's' || !is_digit(s[1]))
		return NULL;
	s++;
	number = v2v_distro_number(&s);
	return *s ? NULL : partition_or(fstab, disk, number, spec);
}

/* "/dev/vdb1" is partition 1 of the second disk; NULL: it is not such a
 * name. */
static char *of_disk(const struct fstab *fstab, const char *spec)
{
	static const char *const prefixes[] = { "/dev/hd", "/dev/sd", "/dev/vd",
		"/dev/xvd" };
	const char *s = NULL;
	uint64_t number = 0;
	int64_t disk;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(prefixes) && !s; i++)
		if (v2v_starts_with(spec, prefixes[i]))
			s = spec + strlen(prefixes[i]);
	n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz") : 0;
	if (n == 0 || (s[n] && !v2v_parse_u64(s + n, &number)))
		return NULL;
	disk = index_of(s, n);
	return partition_or(
		fstab, disk, number <= INT32_MAX ? (int64_t)number : -1, spec);
}

static size_t count_disks(const struct v2v_list *volumes)
{
	char letters[64] = { 0 };
	size_t count = 0;

	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		const char *s = volume->device + strlen("/dev/sd");
		bool is_new = v2v_starts_with(volume->device, "/dev/sd") &&
			      *s && !strchr(letters, *s);

		if (is_new && count < sizeof letters - 1)
			letters[count++] = *s;
	}
	return count;
}

/* "/dev/disk/by-id/…-part1" where there is one disk alone. */
static char *of_link(const struct fstab *fstab, const char *spec)
{
	const char *part = NULL;
	uint64_t number = 0;

	for (const char *s = spec; (s = strstr(s, "-part"));)
		part = s += strlen("-part");
	if (!part || !v2v_parse_u64(part, &number) || number > 128 ||
		count_disks(fstab->volumes) != 1)
		return v2v_strdup(spec);
	return partition_or(fstab, 0, (int64_t)number, spec);
}

/* The value of @key in a line of mdadm.conf, the caller's; NULL. */
static char *word_of(const char *line, const char *key)
{
	for (const char *s = line; *s;) {
		size_t n = strcspn(s, " \t");

		if (strncasecmp(s, key, strlen(key)) == 0)
			return v2v_strndup(s + strlen(key), n - strlen(key));
		s += n;
		s += strspn(s, " \t");
	}
	return NULL;
}

static const char *array_of(const struct fstab *fstab, const char *line)
{
	CLEANUP_FREE char *uuid = word_of(line, "UUID=");

	v2v_list_foreach (const struct v2v_volume, volume, fstab->volumes)
		if (v2v_is_same_uuid(volume->array_uuid, uuid))
			return volume->device;
	return NULL;
}

/* "/dev/md0" by its UUID in mdadm.conf. */
static char *of_array(const struct fstab *fstab, const char *spec)
{
	const char *rest = fstab->mdadm;

	while (rest && *rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *s = v2v_line_trim(line), *name = v2v_line_split(s), *more;
		const char *device;

		if (strcasecmp(s, "ARRAY") != 0)
			continue;
		more = v2v_line_split(name);
		device = strcmp(name, spec) == 0 ? array_of(fstab, more) : NULL;
		if (device)
			return v2v_strdup(device);
	}
	return v2v_strdup(spec);
}

static bool is_array(const char *spec)
{
	static const char prefix[] = "/dev/md";
	const char *rest = spec + strlen(prefix);

	return v2v_starts_with(spec, prefix) && *rest &&
	       !rest[strspn(rest, "0123456789")];
}

static char *of_device(const struct fstab *fstab, const char *spec)
{
	char *device;

	if (v2v_starts_with(spec, "/dev/mapper"))
		return of_mapper(fstab, spec);
	device = of_disk(fstab, spec);
	if (!device)
		device = of_hurd(fstab, spec);
	if (device)
		return device;
	if (is_array(spec))
		return of_array(fstab, spec);
	if (v2v_starts_with(spec, "/dev/disk/by-id/"))
		return of_link(fstab, spec);
	return v2v_strdup(spec);
}

/* UUID= and LABEL=, quoted or not. */
static char *of_tag(const struct fstab *fstab, const char *spec)
{
	const bool by_uuid = v2v_starts_with(spec, "UUID=");
	CLEANUP_FREE char *copy = v2v_strdup(strchr(spec, '=') + 1);
	const char *value = v2v_line_unquote(copy);

	v2v_list_foreach (const struct v2v_volume, volume, fstab->volumes)
		if (v2v_streq(by_uuid ? volume->uuid : volume->label, value))
			return v2v_strdup(volume->device);
	return NULL;
}

/* NULL: nothing that is mounted from a device. */
static char *resolve(
	const struct fstab *fstab, const char *spec, const char *path)
{
	static const char *const bsds[] = { "freebsd", "netbsd", "openbsd" };

	if (v2v_starts_with(spec, "UUID=") || v2v_starts_with(spec, "LABEL="))
		return of_tag(fstab, spec);
	if (strcmp(spec, "/dev/root") == 0 ||
		(v2v_is_one_of(fstab->type, bsds) && strcmp(path, "/") == 0))
		return v2v_strdup(fstab->device);
	return v2v_starts_with(spec, "/dev/") ? of_device(fstab, spec) : NULL;
}

/* "subvol=NAME" of a btrfs, as libguestfs has it: v2v_fstab_option() takes a
 * '/' before it away. */
static char *with_subvolume(char *device, const char *type, const char *options)
{
	static const char key[] = "subvol=";

	if (strcmp(type, "btrfs") != 0)
		return device;
	for (const char *s = options; *s;) {
		size_t n = strcspn(s, ",");

		if (v2v_starts_with(s, key)) {
			CLEANUP_FREE char *plain = device;
			CLEANUP_FREE char *name =
				v2v_strndup(s + strlen(key), n - strlen(key));

			return v2v_appliance_subvolume(plain, name);
		}
		s += n + (s[n] == ',');
	}
	return device;
}

static void read_line(
	const struct fstab *fstab, char *spec, struct v2v_list *mountpoints)
{
	char *file = v2v_line_split(spec), *type = v2v_line_split(file);
	char *options = v2v_line_split(type);
	CLEANUP_FREE char *path = canonical(file);
	struct v2v_mountpoint *mount;
	char *device;

	v2v_line_split(options);
	if (!*spec || *spec == '#' || !*type || is_removable(spec) ||
		is_passed_over(path))
		return;
	device = resolve(fstab, spec, path);
	if (!device)
		return;
	mount = v2v_list_add(mountpoints, sizeof *mount);
	mount->path = v2v_take(path);
	mount->device = with_subvolume(device, type, options);
}

static char *bounded(const struct v2v_tree *tree, const char *path)
{
	return v2v_tree_size(tree, path) <= MOST_TEXT
		       ? v2v_tree_text(tree, path)
		       : NULL;
}

void v2v_os_read_fstab(const struct v2v_tree *tree,
	const struct v2v_list *volumes, const char *device, const char *type,
	struct v2v_list *mountpoints)
{
	static const char *const types[] = { "linux", "hurd", "freebsd",
		"netbsd", "openbsd" };
	CLEANUP_FREE char *text =
		v2v_is_one_of(type, types) ? bounded(tree, "/etc/fstab") : NULL;
	CLEANUP_FREE char *mdadm = bounded(tree, "/etc/mdadm.conf");
	CLEANUP_FREE char *debian = bounded(tree, "/etc/mdadm/mdadm.conf");
	const struct fstab fstab = { volumes, device, type,
		mdadm ? mdadm : debian };
	const char *rest = text;

	while (rest && *rest && mountpoints->count < V2V_MAX_MOUNTPOINTS) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		read_line(&fstab, v2v_line_trim(line), mountpoints);
	}
}
