/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the files are that a bootloader names. */
#include "linux/boot/boot-path.h"

#include "guest/mounts.h"
#include "model/appliance-names.h"

/* Without "(hd0,0)" or "($root)", with one slash first, '\' as '/'; loaders
 * take ".." by the name, whatever links there are. */
static char *normalise(const char *written)
{
	struct v2v_text path CLEANUP_TEXT = { 0 };
	const char *end = *written == '(' ? strchr(written, ')') : NULL;

	v2v_text_addf(&path, "%s", "");
	for (const char *s = end ? end + 1 : written; *s;) {
		size_t n = strcspn(s, "/\\");

		if (n == 2 && strncmp(s, "..", 2) == 0) {
			while (path.length && path.data[--path.length] != '/')
				;
			path.data[path.length] = '\0';
		} else if (n && (n > 1 || *s != '.')) {
			v2v_text_addf(&path, "/%.*s", (int)n, s);
		}
		s += n + (s[n] != '\0');
	}
	if (!path.length)
		v2v_text_addf(&path, "/");
	return v2v_text_take(&path);
}

/* Of "btrfsvol:/dev/sda2/@/boot" the device, *@ret_subvolume "@/boot"; of
 * any other name itself and "". */
static char *split_device(const struct v2v_inspect *inspect, const char *device,
	const char **ret_subvolume)
{
	const char *volume = v2v_appliance_is_subvolume(device);
	size_t best = 0;

	*ret_subvolume = "";
	if (!volume)
		return v2v_strdup(device);
	device = volume;
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems) {
		size_t n = strlen(fs->device);

		if (n > best && v2v_starts_with(device, fs->device) &&
			device[n] == '/')
			best = n;
	}
	if (!best)
		return v2v_strdup(device);
	*ret_subvolume = device + best + 1;
	return v2v_strndup(device, best);
}

static bool is_on(const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *mount, const char *uuid)
{
	const char *subvolume;
	CLEANUP_FREE char *device =
		split_device(inspect, mount->device, &subvolume);
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, device);

	return fs && fs->uuid && strcasecmp(fs->uuid, uuid) == 0;
}

static char *join(const char *mount, const char *path)
{
	return v2v_format("%s%s", strcmp(mount, "/") ? mount : "", path);
}

/* @path on the filesystem that is mounted there: beneath its subvolume where
 * that is named; NULL where another one is. */
static char *beneath_subvolume(const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *mount, const char *path)
{
	const char *subvolume;
	size_t n;

	free(split_device(inspect, mount->device, &subvolume));
	n = strlen(subvolume);
	if (!n || !v2v_starts_with(path + 1, subvolume) || path[1 + n] != '/')
		return NULL;
	return join(mount->path, path + 1 + n);
}

struct trial {
	const struct v2v_tree *tree;
	char *found;	 /* the first that is a file; owned */
	char *likeliest; /* the first of all; owned */
};

/* Takes @path, which may be NULL, over; true ends the search. */
static bool try_path(struct trial *trial, char *path)
{
	if (!path)
		return false;
	if (v2v_tree_is_file(trial->tree, path)) {
		trial->found = path;
		return true;
	}
	if (trial->likeliest)
		free(path);
	else
		trial->likeliest = path;
	return false;
}

static bool try_mount(struct trial *trial, const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *mount, const char *path)
{
	return try_path(trial, beneath_subvolume(inspect, mount, path)) ||
	       try_path(trial, join(mount->path, path));
}

/* Of "(hd0,gpt2)/bzImage" 2; 0 where there is none.  GRUB of old has bare
 * numbers, which begin with 0.  hd0 is what the firmware started, as is a
 * variable that is not known. */
static int partition_of(const char *written)
{
	static const char *const disks[] = { "(hd0,", "(," };
	int number;

	for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++) {
		const char *s = written + strlen(disks[i]);

		if (v2v_starts_with(written, disks[i]) &&
			(sscanf(s, "gpt%3d)", &number) == 1 ||
				sscanf(s, "msdos%3d)", &number) == 1))
			return number;
	}
	return 0;
}

static bool is_partition(const struct v2v_mountpoint *mount,
	const struct v2v_mountpoint *own, int wanted)
{
	int number, number_of_own;
	CLEANUP_FREE char *disk = v2v_guest_disk_of(mount->device, &number);
	CLEANUP_FREE char *of_own =
		v2v_guest_disk_of(own->device, &number_of_own);

	return disk && v2v_streq(disk, of_own) && number == wanted;
}

/* On the partition that is named beside the path. */
static bool try_partition(struct trial *trial,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *own,
	int wanted, const char *path)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (is_partition(mount, own, wanted) &&
			try_mount(trial, inspect, mount, path))
			return true;
	return false;
}

static bool try_all(struct trial *trial, const struct v2v_inspect *inspect,
	const char *config, const char *uuid, const char *path)
{
	const struct v2v_mountpoint *own =
		v2v_inspect_mountpoint_of(inspect, config);

	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (uuid && is_on(inspect, mount, uuid) &&
			try_mount(trial, inspect, mount, path))
			return true;
	if (own && try_mount(trial, inspect, own, path))
		return true;
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (try_path(trial, beneath_subvolume(inspect, mount, path)))
			return true;
	if (try_path(trial, v2v_strdup(path)) ||
		try_path(trial, v2v_format("/boot%s", path)))
		return true;
	/* "(hd0,gpt2)/bzImage": on which of them is not known. */
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (try_path(trial, join(mount->path, path)))
			return true;
	return false;
}

char *v2v_boot_path(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, const char *config, const char *uuid,
	const char *written)
{
	CLEANUP_FREE char *path = normalise(written);
	const struct v2v_mountpoint *own =
		v2v_inspect_mountpoint_of(inspect, config);
	const int partition = partition_of(written);
	struct trial trial = { .tree = tree };

	if (!(partition && own &&
		    try_partition(&trial, inspect, own, partition, path)) &&
		!try_all(&trial, inspect, config, uuid, path))
		return trial.likeliest;
	free(trial.likeliest);
	return trial.found;
}
