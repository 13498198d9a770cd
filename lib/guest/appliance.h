/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What lib/guest asks of a backend: whatever has the guest's disks and a kernel
 * that knows their filesystems.  Each operation is one primitive; what is done
 * with them (overlays, backups, texts that are kept, what is mounted where) is
 * above, and the same for all backends.
 *
 * Names of devices: disks are /dev/sda, /dev/sdb … in the order of the drives,
 * partitions /dev/sda1, logical volumes /dev/VG/LV, arrays /dev/md…, mappings
 * /dev/mapper/NAME; a btrfs subvolume "btrfsvol:DEVICE/PATH", which is only
 * mounted.  Names of files are absolute and resolved in the mounted guest: no
 * link leads out of it.  The last part of a name is followed where it is a
 * link, unless a comment says otherwise.
 *
 * A failed operation returns -1 or NULL; then why() and error_number() are
 * about it, until the next operation.  What is returned by pointer is the
 * caller's to free; lists are added to, and may have been added to where -1 is
 * returned. What comes back is from an untrusted disk: a backend bounds it.
 */
#ifndef V2V_GUEST_APPLIANCE_H
#define V2V_GUEST_APPLIANCE_H

#include "core/handle.h"
#include "model/inspect.h"
#include "model/source.h"

#include <sys/types.h>

struct v2v_appliance_ops;

/* A running backend; its own members are behind these. */
struct v2v_appliance {
	const struct v2v_appliance_ops *ops;
	struct v2v *v;	  /* borrowed: messages, cancelling */
	int64_t deadline; /* atomically: of CLOCK_MONOTONIC, s; 0: none */
	/* Of char *: devices whose journal was replayed, each once; empty where
	 * the backend cannot tell. */
	struct v2v_list replayed;
};

/* A disk of the machine as the session made it ready. */
struct v2v_appliance_drive {
	char *file;	    /* the private overlay, or the source in place */
	char *format;	    /* of @file: "qcow2", "raw" */
	struct v2v_disk of; /* the disk that @file is over, or is */
	bool is_ours;	    /* no qemu can read it (image/chain.h) */
};

/* All of it is borrowed, and there as long as the appliance. */
struct v2v_appliance_config {
	const struct v2v_appliance_ops *ops; /* the backend's own */
	struct v2v *v;
	const char *dir;	       /* private, for temporary files */
	const struct v2v_list *drives; /* of struct v2v_appliance_drive */
	bool in_place; /* what is written must reach the disks, at once or by
			  write_back(); else it may be lost until stop() */
	bool has_keys; /* something will be unlocked, which takes memory */
	bool runs_programs; /* of the guest, which few can */
};

/* stat(2). */
struct v2v_appliance_times {
	int64_t atime, atime_ns, mtime, mtime_ns;
};
struct v2v_appliance_stat {
	uint32_t mode, uid, gid; /* mode: with the type */
	uint64_t device, inode, links;
	int64_t size; /* bytes */
	struct v2v_appliance_times times;
};

/* One of a list; values may hold any bytes. */
struct v2v_appliance_xattr {
	char *name;
	char *value;
	size_t size;
};
void v2v_appliance_xattr_add(struct v2v_list *list, const char *name,
	const void *value, size_t size);
void v2v_appliance_xattrs_clear(struct v2v_list *list);

/* One of a list: what is said of a device. */
struct v2v_appliance_tag {
	char *name, *value;
};
void v2v_appliance_tag_add(
	struct v2v_list *list, const char *name, const char *value);
/* Its value, borrowed; NULL. */
const char *v2v_appliance_tag(const struct v2v_list *list, const char *name);
void v2v_appliance_tags_clear(struct v2v_list *list);
#define CLEANUP_TAGS __attribute__((cleanup(v2v_appliance_tags_clear)))

/* An MD array. */
struct v2v_appliance_array {
	char *uuid, *name;	   /* "a:b:c:d", "host:name"; NULL */
	unsigned members, present; /* it has, and runs with; 0: not known */
};

/* A file or a symbolic link that is made with all that it has. */
struct v2v_appliance_node {
	const struct v2v_appliance_stat *stat; /* mode, owner, times, size */
	const struct v2v_list *xattrs; /* of struct v2v_appliance_xattr */
	const char *link; /* where a link leads; NULL: a regular file */
	int fd;		  /* of the host: all of the file's content */
};

struct v2v_appliance_life {
	/* Before anything is started: has the kernel that would run a driver
	 * for a filesystem, as blkid(8) names it?  And which Linux it is: 6.1
	 * is 6001.  -1: that is not known.  NULL: as the backend qemu, which
	 * boots this machine's newest kernel, too. */
	int (*knows)(struct v2v *v, const char *type, unsigned *ret_linux);
	/* Start it over the drives; *@ret_appliance is ended by end().  Fills
	 * an error, with all there is to say, which why() does elsewhere. */
	int (*start)(const struct v2v_appliance_config *config,
		struct v2v_appliance **ret_appliance, struct v2v_error *err);
	/* After keys have opened what they open: 1: for what is there it has
	 * been started afresh, and nothing is open any more; 0: it has not; -1
	 * and an error, as start() fills it.  NULL: never needed. */
	int (*restart)(struct v2v_appliance *a, struct v2v_error *err);
	/* Is it still there? */
	int (*check)(struct v2v_appliance *a);
	/* What was written is on the disks. */
	int (*sync)(struct v2v_appliance *a);
	/* sync(), and the drives' files are written and closed; only end() may
	 * follow, in place write_back(). */
	int (*stop)(struct v2v_appliance *a);
	/* In place: nothing was written to the disks yet, now all is.  Fills an
	 * error as start() does; then they are what they were, unless its code
	 * is "undo-needed".  NULL: they are written all the time. */
	int (*write_back)(struct v2v_appliance *a, struct v2v_error *err);
	/* End it, at once where it is not in place, and free it. */
	void (*end)(struct v2v_appliance *a);
	/* Why the last operation that failed did, one or more lines; borrowed
	 * until the next; NULL: not known. */
	const char *(*why)(const struct v2v_appliance *a);
	/* The same as an errno: ENOENT; 0: not known, or the backend itself is
	 * gone. */
	int (*error_number)(const struct v2v_appliance *a);
};

struct v2v_appliance_devices {
	/* Names of devices, sorted: the machine's disks; partitions of disks
	 * and of arrays; arrays that run; opened mappings; logical volumes,
	 * active or not, with the same name twice where two groups share
	 * theirs. */
	int (*list_disks)(struct v2v_appliance *a, struct v2v_list *names);
	int (*list_partitions)(struct v2v_appliance *a, struct v2v_list *names);
	int (*list_arrays)(struct v2v_appliance *a, struct v2v_list *names);
	int (*list_mapped)(struct v2v_appliance *a, struct v2v_list *names);
	int (*list_logical)(struct v2v_appliance *a, struct v2v_list *names);
	/* All that blkid(8) says, by its low-level probing: TYPE, UUID,
	 * PART_ENTRY_TYPE … -1: there is no such device. */
	int (*tags)(struct v2v_appliance *a, const char *device,
		struct v2v_list *tags);
	/* One of them: "TYPE", "UUID"; "" or NULL where there is none. */
	char *(*tag)(
		struct v2v_appliance *a, const char *device, const char *name);
	/* Fill the zeroed *@ret_array. */
	int (*array)(struct v2v_appliance *a, const char *device,
		struct v2v_appliance_array *ret_array);
	/* Start the arrays that wait for members: 1; 0: none did. */
	int (*start_arrays)(struct v2v_appliance *a);
	/* Look for LVM again, as more devices are there, and activate it. */
	int (*scan_lvm)(struct v2v_appliance *a);
	/* Paths of the subvolumes of a btrfs, without '/' in front. */
	int (*subvolumes)(struct v2v_appliance *a, const char *device,
		struct v2v_list *paths);
	/* Its own name of what others call /dev/vda or /dev/mapper/vg-lv. */
	char *(*canonical)(struct v2v_appliance *a, const char *name);
	/* How many of @size bytes could be read; at most 1 MiB at once. */
	ssize_t (*read)(struct v2v_appliance *a, const char *device,
		uint64_t offset, void *data, size_t size);
	/* Open LUKS or BitLocker as /dev/mapper/@name. */
	int (*unlock)(struct v2v_appliance *a, const char *device,
		const char *key, const char *name);
};

struct v2v_appliance_mounts {
	/* @type NULL: found out.  @options: those of mount(8), "ro,noatime". */
	int (*mount)(struct v2v_appliance *a, const char *type,
		const char *options, const char *device, const char *path);
	/* Why the last mount() failed: *@ret_reason is one line, the kernel's
	 * or why(); @ret_unsupported: it cannot know the filesystem, which need
	 * not be damaged. */
	void (*why)(struct v2v_appliance *a, char **ret_reason,
		bool *ret_unsupported);
	/* A file of the guest that is an image, read-only. */
	int (*mount_image)(
		struct v2v_appliance *a, const char *image, const char *path);
	/* Mount what the guest calls @from at @path, too. */
	int (*bind)(
		struct v2v_appliance *a, const char *from, const char *path);
	/* @directory of what is mounted at "/" becomes "/" in its place. */
	int (*bind_root)(struct v2v_appliance *a, const char *directory);
	int (*unmount)(struct v2v_appliance *a, const char *path);
	int (*unmount_all)(struct v2v_appliance *a);
	/* statvfs(3) of what is mounted there. */
	int (*space)(struct v2v_appliance *a, const char *path,
		struct v2v_statvfs *ret_space);
	int (*trim)(struct v2v_appliance *a, const char *path);
	/* The mark "read-only" of the btrfs subvolume mounted at @path, one of
	 * v2v_mount_is_needed(): 1, 0. */
	int (*is_read_only)(struct v2v_appliance *a, const char *path);
	int (*set_read_only)(
		struct v2v_appliance *a, const char *path, bool read_only);
};

struct v2v_appliance_files {
	int (*stat)(struct v2v_appliance *a, const char *path,
		struct v2v_appliance_stat *ret_stat);
	/* Not followed. */
	int (*lstat)(struct v2v_appliance *a, const char *path,
		struct v2v_appliance_stat *ret_stat);
	/* Names in it, sorted, without "." and "..". */
	int (*list)(struct v2v_appliance *a, const char *directory,
		struct v2v_list *names);
	/* glob(3) with GLOB_BRACE and GLOB_MARK. */
	int (*glob)(struct v2v_appliance *a, const char *pattern,
		struct v2v_list *names);
	/* realpath(3) in the guest; errors ENOENT, ELOOP. */
	char *(*resolve)(struct v2v_appliance *a, const char *path);
	char *(*read_link)(struct v2v_appliance *a, const char *path);
	/* How many bytes of up to @size (2 MiB) there are from @offset on. */
	ssize_t (*read)(struct v2v_appliance *a, const char *path,
		uint64_t offset, void *data, size_t size);
	/* All of a file into the host's empty file @fd. */
	int (*fetch)(struct v2v_appliance *a, const char *path, int fd);
	/* In hex. */
	char *(*sha1)(struct v2v_appliance *a, const char *path);
};

/* Names of files that are not links, but for the first and set_owner(), which
 * does not follow them. */
struct v2v_appliance_attributes {
	/* The list is of struct v2v_appliance_xattr; -1 also where the
	 * filesystem has none. */
	int (*xattrs)(struct v2v_appliance *a, const char *path,
		struct v2v_list *xattrs);
	/* All of @from's are given to @to. */
	int (*copy_xattrs)(
		struct v2v_appliance *a, const char *from, const char *to);
	/* The value is a string, its NUL is stored with it. */
	int (*set_xattr)(struct v2v_appliance *a, const char *path,
		const char *name, const char *value);
	/* The value is these bytes; of what an NTFS has, too. */
	int (*put_xattr)(struct v2v_appliance *a, const char *path,
		const char *name, const void *value, size_t size);
	int (*remove_xattr)(
		struct v2v_appliance *a, const char *path, const char *name);
	/* Flags as letters of chattr(1): "ai"; NULL where there are none. */
	char *(*flags)(struct v2v_appliance *a, const char *path);
	/* Add these flags, or take them away. */
	int (*set_flags)(struct v2v_appliance *a, const char *path,
		const char *flags, bool clear);
	int (*set_owner)(struct v2v_appliance *a, const char *path,
		uint32_t uid, uint32_t gid);
	/* @mode: 07777. */
	int (*set_mode)(
		struct v2v_appliance *a, const char *path, uint32_t mode);
	int (*set_times)(struct v2v_appliance *a, const char *path,
		const struct v2v_appliance_times *times);
};

struct v2v_appliance_writing {
	/* The file's content becomes these bytes; it is made where it is
	 * missing. */
	int (*write)(struct v2v_appliance *a, const char *path,
		const void *data, size_t size);
	/* The same with all of the host's @fd. */
	int (*put)(struct v2v_appliance *a, int fd, const char *path);
	/* All of @fd from @offset on, into a file that is there. */
	int (*put_at)(struct v2v_appliance *a, int fd, const char *path,
		uint64_t offset);
	int (*truncate)(
		struct v2v_appliance *a, const char *path, uint64_t size);
	/* An empty file, which may be there; a link is not followed. */
	int (*touch)(struct v2v_appliance *a, const char *path);
	/* A new file, 0600, or directory, 0700, of a name that none has: the
	 * six X at the end of @pattern are replaced. */
	char *(*make_temporary)(struct v2v_appliance *a, const char *pattern);
	char *(*make_temporary_dir)(
		struct v2v_appliance *a, const char *pattern);
	/* 0755. */
	int (*make_dir)(struct v2v_appliance *a, const char *path);
	/* Nothing is called @path yet; where it fails something may be. */
	int (*make_node)(struct v2v_appliance *a, const char *path,
		const struct v2v_appliance_node *node);
	/* unlink(2), rmdir(2), rename(2). */
	int (*remove)(struct v2v_appliance *a, const char *path);
	int (*remove_dir)(struct v2v_appliance *a, const char *path);
	int (*rename)(
		struct v2v_appliance *a, const char *from, const char *to);
};

/* What the backend itself knows of operating systems. */
struct v2v_appliance_inspection {
	/* Devices that are roots; nothing need be mounted, nor is after. */
	int (*find_roots)(struct v2v_appliance *a, struct v2v_list *names);
	/* Fill type, distro, versions, product, package format and Windows'
	 * hives of what is known of @root, one of them. */
	void (*describe)(struct v2v_appliance *a, const char *root,
		struct v2v_inspect *inspect);
	/* Add the mountpoints of inspect->root that inspect has not. */
	void (*mountpoints)(
		struct v2v_appliance *a, struct v2v_inspect *inspect);
	/* Fill inspect->applications; inspect->root is mounted. */
	int (*applications)(
		struct v2v_appliance *a, struct v2v_inspect *inspect);
	/* Of a program: "x86_64". */
	char *(*architecture)(struct v2v_appliance *a, const char *path);
};

struct v2v_appliance_programs {
	/* Run @argv (NULL at its end) with the mounted guest as its root; what
	 * it prints.  NULL where its status is not 0. */
	char *(*run)(struct v2v_appliance *a, char *const *argv);
};

struct v2v_appliance_packages {
	/* What the host's rpm answers to "rpm -qa --qf @format" of the database
	 * in @directory of the mounted guest. */
	char *(*rpm)(struct v2v_appliance *a, const char *directory,
		const char *format);
};

struct v2v_appliance_ops {
	const char *name; /* that of --backend: "libguestfs" */
	const struct v2v_appliance_life *life;
	const struct v2v_appliance_devices *devices;
	const struct v2v_appliance_mounts *mounts;
	const struct v2v_appliance_files *files;
	const struct v2v_appliance_attributes *attributes;
	const struct v2v_appliance_writing *writing;
	/* NULL: it knows nothing of systems; every filesystem is looked at. */
	const struct v2v_appliance_inspection *inspection;
	/* NULL: it needs none, having an inspection. */
	const struct v2v_appliance_packages *packages;
	/* NULL: it cannot run any. */
	const struct v2v_appliance_programs *programs;
};

/* Is the time that it has over? */
bool v2v_appliance_is_late(const struct v2v_appliance *a);

/* An operation failed: the error "cancelled" or "guest-deadline", or @code with
 * the backend's words behind the formatted ones.  Returns -1. */
int v2v_appliance_fail(const struct v2v_appliance *a, struct v2v_error *err,
	const char *code, const char *fmt, ...) V2V_PRINTF(4, 5);
#endif
