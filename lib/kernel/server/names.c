/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of devices.  The guest's disks are known by their serials, "disk-0" and
 * so on, whatever the kernel calls them; outside they are /dev/sda, /dev/sdb …
 */
#include "server.h"

#include <dirent.h>
#include <sys/stat.h>

#define MAX_DISK    18277 /* sdzzz */
#define SERIAL_ROOM 64
#define LVM_UUID                                                               \
	68 /* "LVM-", the group's and the volume's; layers add "-x"            \
	    */

/* "a" of 0, "z" of 25, "aa" of 26. */
static void letters(unsigned long index, char text[8])
{
	char *s = text + 7;

	*s = '\0';
	for (index++; index; index /= 26)
		*--s = (char)('a' + --index % 26);
	memmove(text, s, strlen(s) + 1);
}

/* Its folder in sysfs holds the partition's. */
bool device_disk(const char *kernel_name, char *disk, size_t room)
{
	char path[NAME_ROOM + 32], target[PATH_MAX];
	char *slash;
	ssize_t n;

	snprintf(path, sizeof path, "/sys/class/block/%s", kernel_name);
	n = readlink(path, target, sizeof target - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	if (!slash)
		return false;
	*slash = '\0';
	slash = strrchr(target, '/');
	return snprintf(disk, room, "%s", slash ? slash + 1 : target) <
	       (int)room;
}

static bool disk_serial(const char *disk, char serial[SERIAL_ROOM])
{
	char path[NAME_ROOM + 32];

	snprintf(path, sizeof path, "/sys/class/block/%s/serial", disk);
	return text_read(path, serial, SERIAL_ROOM);
}

bool disk_find(const char *serial, char name[NAME_ROOM])
{
	CLEANUP_CLOSEDIR DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	char text[SERIAL_ROOM];

	while (dir && (entry = readdir(dir))) {
		if (!disk_serial(entry->d_name, text) ||
			strcmp(text, serial) != 0)
			continue;
		snprintf(name, NAME_ROOM, "%s", entry->d_name);
		return true;
	}
	return false;
}

static bool name_of_disk(const char *disk, char *name, size_t room)
{
	char serial[SERIAL_ROOM], text[8], *end;
	unsigned long index;

	if (!disk_serial(disk, serial) || !text_starts(serial, V2V_KERNEL_DISK))
		return false;
	index = strtoul(serial + strlen(V2V_KERNEL_DISK), &end, 10);
	if (*end || index > MAX_DISK)
		return false;
	letters(index, text);
	snprintf(name, room, "/dev/sd%s", text);
	return true;
}

static bool name_of_partition(
	const char *kernel_name, const char *number, char *name, size_t room)
{
	char disk[NAME_ROOM], parent[NAME_ROOM];

	if (!device_disk(kernel_name, disk, sizeof disk))
		return false;
	if (!name_of_disk(disk, parent, sizeof parent)) {
		snprintf(name, room, "/dev/%s", kernel_name);
		return text_starts(kernel_name, "md");
	}
	snprintf(name, room, "%.200s%s", parent, number);
	return true;
}

/* LVM's own: it lets nobody else give such names (lvm2, lib/misc/lvm-string.c,
 * apply_lvname_restrictions()). */
static bool is_hidden(const char *volume)
{
	static const char *const parts[] = { "_cdata", "_cmeta", "_corig",
		"_cvol", "_iorig", "_mimage", "_mlog", "_pmspare", "_rimage",
		"_rmeta", "_tdata", "_tmeta", "_vdata", "_vorigin", "_wcorig" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(volume, parts[i]))
			return true;
	return false;
}

/* "vg--x-lv" is /dev/vg-x/lv: a '-' of the names is written twice. */
static bool split_volume(const char *mapped, char *name, size_t room)
{
	char text[NAME_ROOM];
	bool found = false;
	size_t n = 0;

	for (const char *s = mapped; *s && n < sizeof text - 1; s++) {
		bool is_twice = s[0] == '-' && s[1] == '-';

		if (*s == '-' && !is_twice && found)
			return false;
		found |= *s == '-' && !is_twice;
		text[n++] = *s == '-' && !is_twice ? '/' : *s;
		s += is_twice;
	}
	text[n] = '\0';
	snprintf(name, room, "/dev/%.240s", text);
	return found && !is_hidden(text);
}

static void name_of_mapped(
	const char *kernel_name, const char *mapped, char *name, size_t room)
{
	char path[NAME_ROOM + 32], uuid[NAME_ROOM];

	snprintf(path, sizeof path, "/sys/class/block/%s/dm/uuid", kernel_name);
	if (text_read(path, uuid, sizeof uuid) && text_starts(uuid, "LVM-") &&
		strlen(uuid) == LVM_UUID && split_volume(mapped, name, room))
		return;
	snprintf(name, room, "/dev/mapper/%s", mapped);
}

static bool read_name(const char *kernel_name, char *name, size_t room)
{
	char path[NAME_ROOM + 32], text[NAME_ROOM];

	snprintf(path, sizeof path, "/sys/class/block/%s/dm/name", kernel_name);
	if (text_starts(kernel_name, "dm-") &&
		text_read(path, text, sizeof text)) {
		name_of_mapped(kernel_name, text, name, room);
		return true;
	}
	snprintf(path, sizeof path, "/sys/class/block/%s/partition",
		kernel_name);
	if (text_read(path, text, 16))
		return name_of_partition(kernel_name, text, name, room);
	if (name_of_disk(kernel_name, name, room))
		return true;
	snprintf(name, room, "/dev/%s", kernel_name);
	return text_starts(kernel_name, "md");
}

/* What a disk and its partitions are called stays: serials do not change, and
 * the kernel asks the device each time that one is read. */
#define MAX_KNOWN 256
static struct known {
	char *kernel_name, *name; /* NULL: it is none of the guest's */
	bool has_link;
} known[MAX_KNOWN];
static size_t known_count;

/* One that has no serial yet may get it. */
static bool is_settled(const char *disk)
{
	char serial[SERIAL_ROOM];

	return disk_serial(disk, serial) && *serial;
}

/* NULL: it is not of a kind that stays, or there are too many. */
static struct known *find_known(const char *kernel_name)
{
	struct known new = { 0 };
	char name[NAME_ROOM];

	if (!text_starts(kernel_name, "vd"))
		return NULL;
	for (size_t i = 0; i < known_count; i++)
		if (strcmp(known[i].kernel_name, kernel_name) == 0)
			return &known[i];
	if (known_count == MAX_KNOWN)
		return NULL;
	if (read_name(kernel_name, name, sizeof name))
		new.name = text_make("%s", name);
	else if (!is_settled(kernel_name))
		return NULL;
	new.kernel_name = text_make("%s", kernel_name);
	known[known_count] = new;
	return &known[known_count++];
}

bool device_name(const char *kernel_name, char *name, size_t room)
{
	const struct known *is = find_known(kernel_name);

	if (!is)
		return read_name(kernel_name, name, room);
	snprintf(name, room, "%s", is->name ? is->name : "");
	return is->name;
}

static void make_link(const char *kernel_name)
{
	struct known *is = find_known(kernel_name);
	char name[NAME_ROOM];

	if ((is && is->has_link) ||
		!device_name(kernel_name, name, sizeof name))
		return;
	if (symlink(kernel_name, name) < 0 && errno != EEXIST)
		perror(name);
	else if (is)
		is->has_link = true;
}

void names_refresh(void)
{
	CLEANUP_CLOSEDIR DIR *dir = opendir("/sys/class/block");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (text_starts(entry->d_name, "vd"))
			make_link(entry->d_name);
}

int device_open(const char *name, int flags, int *ret_fd)
{
	CLEANUP_CLOSE int fd = -1;
	struct stat st;

	if (!text_starts(name, "/dev/"))
		return ENODEV;
	fd = open(name, flags | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (!S_ISBLK(st.st_mode))
		return ENOTBLK;
	*ret_fd = v2v_take_fd(&fd);
	return 0;
}
