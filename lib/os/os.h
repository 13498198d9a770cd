/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which operating systems a guest's disks hold, found from their files: what
 * libguestfs' inspection answers (guestfs(3), INSPECTION), for a backend that
 * gives files and no more.  Answers are libguestfs 1.48's, "unknown" being
 * NULL; where that is wrong (Windows 11 called 10, Windows on ARM called
 * x86_64) they are right.
 */
#ifndef V2V_OS_OS_H
#define V2V_OS_OS_H

#include "guest/volumes.h"
#include "linux/packages/packages.h"

enum v2v_os_role {
	V2V_OS_OTHER, /* nothing that is known; /boot, /var */
	V2V_OS_ROOT,
	V2V_OS_USR, /* the /usr of a root on another filesystem */
};

/* What is found on one filesystem. */
struct v2v_os {
	char *device; /* "/dev/sda1", "btrfsvol:/dev/sda1/@" */
	enum v2v_os_role role;
	struct v2v_inspect told;     /* type … package_management, windows */
	struct v2v_list mountpoints; /* of struct v2v_mountpoint: what its fstab
					says, "none" of swap too */
};

/* Where files and devices come from. */
struct v2v_os_source {
	const struct v2v_tree *tree;	/* of what is mounted at the moment */
	const struct v2v_list *volumes; /* of struct v2v_volume */
	/* Mount the filesystem alone, read-only, at /; false: it cannot be. */
	bool (*mount)(void *opaque, const char *device);
	void (*umount)(void *opaque);
	/* Add the names of a btrfs' subvolumes ("@home"), but for the default
	 * one. */
	void (*subvolumes)(
		void *opaque, const char *device, struct v2v_list *names);
	void *opaque;
};

/* Look at every filesystem: fill the empty list (of struct v2v_os) with those
 * that mount, in the order of the volumes.  -1: cancelled. */
int v2v_os_find(const struct v2v_os_source *source, struct v2v_list *ret_found,
	struct v2v_error *err);
void v2v_os_clear(struct v2v_list *found);
#define CLEANUP_OS __attribute__((cleanup(v2v_os_clear)))

/* The root on @device, borrowed; NULL. */
const struct v2v_os *v2v_os_root(
	const struct v2v_list *found, const char *device);

/* Move it to inspect: root and all that is known of it. */
void v2v_os_describe(const struct v2v_os *os, struct v2v_inspect *inspect);

/* Add the mountpoints of its fstab, where inspect has none of that path. */
void v2v_os_more_mountpoints(
	const struct v2v_os *os, struct v2v_inspect *inspect);

/* Fill inspect->applications of the mounted guest, sorted; -1: its records
 * cannot be read. */
int v2v_os_applications(const struct v2v_tree *tree, const struct v2v_rpm *rpm,
	struct v2v_inspect *inspect, struct v2v_error *err);

/* The pure parts. */

/* What the mounted filesystem is; fills the zeroed *@told. */
enum v2v_os_role v2v_os_look(
	const struct v2v_tree *tree, struct v2v_inspect *told);

/* Fill osinfo, from all else. */
void v2v_os_set_osinfo(struct v2v_inspect *told);

/* Add what the fstab of @type's root on @device says (of struct
 * v2v_mountpoint).  What names no known device keeps its name. */
void v2v_os_read_fstab(const struct v2v_tree *tree,
	const struct v2v_list *volumes, const char *device, const char *type,
	struct v2v_list *mountpoints);

/* The architecture of the first of the programs that tells it ("x86_64"); the
 * caller's, or NULL.  The first of a few that every system has. */
char *v2v_os_architecture(const struct v2v_tree *tree);
#endif
