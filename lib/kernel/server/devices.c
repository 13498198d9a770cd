/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices, as sysfs has them. */
#include "server.h"

#include <dirent.h>
#include <sys/stat.h>

static void attribute(
	const char *device, const char *name, char *text, size_t room)
{
	CLEANUP_FREE char *path =
		text_make("/sys/class/block/%s/%s", device, name);

	text_read(path, text, room);
}

static uint64_t number(const char *device, const char *name)
{
	char text[64];

	attribute(device, name, text, sizeof text);
	return strtoull(text, NULL, 10);
}

/* "" where it is of a kind that @device is not: to look for a file that is not
 * there takes as long as to read one. */
static void put_attribute(
	struct reply *reply, const char *device, bool has, const char *name)
{
	char text[NAME_ROOM] = "";

	if (has)
		attribute(device, name, text, sizeof text);
	put_string(reply, text);
}

/* The devices that it lies on. */
static void put_slaves(struct reply *reply, const char *device)
{
	CLEANUP_FREE char *path =
		text_make("/sys/class/block/%s/slaves", device);
	CLEANUP_CLOSEDIR DIR *dir = opendir(path);
	struct dirent *entry;
	struct list list;

	list_begin(reply, &list);
	while (dir && (entry = readdir(dir))) {
		char name[NAME_ROOM];

		if (!device_name(entry->d_name, name, sizeof name) ||
			entry->d_name[0] == '.')
			continue;
		entry_begin(reply, &list);
		put_string(reply, name);
		if (!entry_end(reply, &list))
			return;
	}
}

/* In the order of struct v2v_kernel_device. */
static void put_device(
	struct reply *reply, const char *device, const char *name)
{
	bool is_mapped = text_starts(device, "dm-");
	bool is_array = text_starts(device, "md");

	put_string(reply, name);
	put_u32(reply, is_mapped ? 0 : (uint32_t)number(device, "partition"));
	put_attribute(reply, device, is_mapped, "dm/name");
	put_attribute(reply, device, is_mapped, "dm/uuid");
	put_attribute(reply, device, is_array, "md/level");
	put_u32(reply,
		is_array ? (uint32_t)number(device, "md/raid_disks") : 0);
	put_slaves(reply, device);
}

/* False: the list is full.  What has no size is not there. */
static bool put_entry(
	struct reply *reply, struct list *list, const char *device)
{
	char name[NAME_ROOM];

	if (device[0] == '.' || !device_name(device, name, sizeof name))
		return true;
	if (!number(device, "size"))
		return true;
	entry_begin(reply, list);
	put_device(reply, device, name);
	return entry_end(reply, list);
}

int do_DEVICES(const struct request *request, struct reply *reply)
{
	struct dirent **names = NULL;
	int count;
	struct list list;
	bool goes_on = true;

	(void)request;
	names_refresh();
	list_begin(reply, &list);
	count = scandir("/sys/class/block", &names, NULL, versionsort);
	for (int i = 0; i < count; i++) {
		const char *device = names[i]->d_name;

		goes_on = goes_on && put_entry(reply, &list, device);
		free(names[i]);
	}
	free(names);
	return 0;
}

int do_READ_DEVICE(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd = -1;
	int status = device_open(request->strings[0], O_RDONLY, &fd);

	return status ? status
		      : put_content(reply, fd, request->numbers[1],
				(uint64_t)request->numbers[2]);
}
