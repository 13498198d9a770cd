/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Btrfs: devices that belong together, subvolumes (linux/btrfs.h). */
#include "server.h"

#include <dirent.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <sys/ioctl.h>

#define FIRST_FREE BTRFS_FIRST_FREE_OBJECTID
#define MAX_DEPTH  64 /* of subvolumes in each other */

static void scan(int control, const char *name)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	CLEANUP_CLOSE int fd = -1;
	char type[64];

	if (device_open(name, O_RDONLY, &fd) != 0)
		return;
	probe_type(fd, type, sizeof type);
	if (strcmp(type, "btrfs") != 0)
		return;
	snprintf(args.name, sizeof args.name, "%s", name);
	ioctl(control, BTRFS_IOC_SCAN_DEV, &args);
}

void btrfs_scan_all(void)
{
	CLEANUP_CLOSEDIR DIR *dir = opendir("/sys/class/block");
	CLEANUP_CLOSE int control = -1;
	struct dirent *entry;

	module_load("btrfs");
	names_refresh();
	control = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);
	while (dir && control >= 0 && (entry = readdir(dir))) {
		char name[NAME_ROOM];

		if (device_name(entry->d_name, name, sizeof name))
			scan(control, name);
	}
}

/* A ROOT_BACKREF: where the subvolume @id has its name. */
struct reference {
	uint64_t id, parent;
	struct btrfs_root_ref ref;
	char name[NAME_ROOM];
};

static int read_reference(const struct btrfs_ioctl_search_header *header,
	const char *data, struct reference *found)
{
	size_t length;

	if (header->len < sizeof found->ref ||
		header->len > sizeof(struct btrfs_ioctl_search_args))
		return EUCLEAN;
	found->id = header->objectid;
	found->parent = header->offset;
	memcpy(&found->ref, data, sizeof found->ref);
	length = le16toh(found->ref.name_len);
	if (length > header->len - sizeof found->ref || length >= NAME_ROOM)
		return EUCLEAN;
	memcpy(found->name, data + sizeof found->ref, length);
	found->name[length] = '\0';
	return 0;
}

/* Begin behind an item that is not one of those that are searched. */
static int go_behind(struct btrfs_ioctl_search_key *key,
	const struct btrfs_ioctl_search_header *header)
{
	bool is_before = header->type < BTRFS_ROOT_BACKREF_KEY;

	if (header->objectid < key->min_objectid ||
		(header->objectid == key->min_objectid && is_before))
		return EUCLEAN;
	key->min_objectid = header->objectid + !is_before;
	return 0;
}

/* The first of the subvolumes @id to @last; ENOENT: there is none.  A search
 * compares keys as a whole, so it finds items of all types where an id is
 * missing. */
static int next_reference(
	int fd, uint64_t id, uint64_t last, struct reference *found)
{
	struct btrfs_ioctl_search_args
		args = { .key = {
				 .tree_id = BTRFS_ROOT_TREE_OBJECTID,
				 .min_objectid = id,
				 .max_objectid = last,
				 .max_offset = UINT64_MAX,
				 .max_transid = UINT64_MAX,
				 .min_type = BTRFS_ROOT_BACKREF_KEY,
				 .max_type = BTRFS_ROOT_BACKREF_KEY,
			 } };
	struct btrfs_ioctl_search_header header;
	int status = 0;

	while (!status) {
		args.key.nr_items = 1;
		if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, &args) < 0)
			return errno;
		if (!args.key.nr_items)
			return ENOENT;
		memcpy(&header, args.buf, sizeof header);
		if (header.type == BTRFS_ROOT_BACKREF_KEY &&
			header.objectid >= id && header.objectid <= last)
			return read_reference(
				&header, args.buf + sizeof header, found);
		status = go_behind(&args.key, &header);
		if (args.key.min_objectid > last)
			return ENOENT;
	}
	return status;
}

/* A path from the top of the filesystem: the parents' own first. */
static int path_of(
	int fd, const struct reference *from, unsigned depth, char **ret_path)
{
	/* Its name is that of a directory with a '/' behind, "" at the top. */
	struct btrfs_ioctl_ino_lookup_args args = { .treeid = from->parent,
		.objectid = le64toh(from->ref.dirid) };
	CLEANUP_FREE char *above = NULL;
	struct reference parent;
	int status;

	if (depth > MAX_DEPTH)
		return ELOOP;
	if (ioctl(fd, BTRFS_IOC_INO_LOOKUP, &args) < 0)
		return errno;
	if (from->parent == BTRFS_FS_TREE_OBJECTID) {
		*ret_path = text_make("%.4000s%s", args.name, from->name);
		return 0;
	}
	status = next_reference(fd, from->parent, from->parent, &parent);
	if (!status)
		status = path_of(fd, &parent, depth + 1, &above);
	if (!status)
		*ret_path =
			text_make("%s/%.4000s%s", above, args.name, from->name);
	return status;
}

static int put_subvolumes(int fd, struct reply *reply)
{
	struct reference found = { .id = FIRST_FREE - 1 };
	struct list list;
	int status;

	list_begin(reply, &list);
	while (!(status = next_reference(
			 fd, found.id + 1, BTRFS_LAST_FREE_OBJECTID, &found))) {
		CLEANUP_FREE char *path = NULL;

		status = path_of(fd, &found, 0, &path);
		/* What it lay in was removed. */
		if (status == ENOENT)
			continue;
		if (status)
			return status;
		entry_begin(reply, &list);
		put_u64(reply, found.id);
		put_u64(reply, found.parent);
		put_string(reply, path);
		if (!entry_end(reply, &list))
			return 0;
	}
	return status == ENOENT ? 0 : status;
}

int do_BTRFS_SUBVOLUMES(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd =
		path_open(request->strings[0], O_RDONLY | O_DIRECTORY, 0);
	int status = fd < 0 ? errno : put_subvolumes(fd, reply);

	/* Half a list is not the text of an error. */
	if (status)
		reply->length = 0;
	return status;
}

int do_BTRFS_GET_READ_ONLY(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd =
		path_open(request->strings[0], O_RDONLY | O_DIRECTORY, 0);
	uint64_t flags;

	if (fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0)
		return errno;
	put_u8(reply, (flags & BTRFS_SUBVOL_RDONLY) != 0);
	return 0;
}

int do_BTRFS_SET_READ_ONLY(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd =
		path_open(request->strings[0], O_RDONLY | O_DIRECTORY, 0);
	uint64_t flags;

	(void)reply;
	if (fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0)
		return errno;
	flags &= ~(uint64_t)BTRFS_SUBVOL_RDONLY;
	if (request->numbers[1])
		flags |= BTRFS_SUBVOL_RDONLY;
	return ioctl(fd, BTRFS_IOC_SUBVOL_SETFLAGS, &flags) < 0 ? errno : 0;
}
