/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest: mounting, their free space, trimming. */
#ifndef V2V_GUEST_MOUNTS_H
#define V2V_GUEST_MOUNTS_H

#include "guest/guest.h"
#include "model/inspect.h"

/* Why a filesystem does not mount. */
struct v2v_mount_failure {
	char *device, *path;
	char *reason;	  /* the kernel's words, or the backend's */
	bool unsupported; /* the appliance cannot know it; else it is damaged */
	bool no_place;	  /* there is no such directory to mount at */
	bool read_only;	  /* it does mount, but cannot be written */
};

void v2v_mount_failures_clear(struct v2v_list *failures);
#define CLEANUP_MOUNT_FAILURES                                                 \
	__attribute__((cleanup(v2v_mount_failures_clear)))

/* Mount one filesystem read-only as "/", all others unmounted before; false,
 * and one more failure in the list (may be NULL), where it does not mount. */
bool v2v_guest_mount_root(
	struct v2v_guest *guest, const char *device, struct v2v_list *failures);

/* Paths of the subvolumes of a btrfs, added to @paths (of char *). */
void v2v_guest_subvolumes(
	struct v2v_guest *guest, const char *device, struct v2v_list *paths);

/* Without what is mounted here nothing can be converted rightly: /, /boot … */
bool v2v_mount_is_needed(const char *path);

/*
 * Mount inspect->mountpoints, the shortest path first.  For convert @failures
 * is NULL: all is mounted for writing, and what is needed must be, the rest is
 * a warning.  Else it is only looked at, but as convert will have it where the
 * overlay is ours; what does not mount, or is needed and takes no file, is
 * added.
 */
int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_list *failures, struct v2v_error *err);

/* The same for all but /, which is mounted. */
int v2v_guest_mount_others(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, struct v2v_list *failures,
	struct v2v_error *err);

/* Mount one more to look at it; false: it is not mounted, since it does not
 * mount, which is added to @failures, or not as convert needs it. */
bool v2v_guest_try_mount(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount,
	struct v2v_list *failures);

/* Devices (of char *) whose journal was replayed when they were mounted, up to
 * now: the machine was not shut down cleanly.  Borrowed; empty where the
 * backend cannot tell. */
const struct v2v_list *v2v_guest_replayed(const struct v2v_guest *guest);

void v2v_guest_umount(struct v2v_guest *guest);
void v2v_guest_umount_at(struct v2v_guest *guest, const char *path);

/* Give those of inspect->filesystems that are mounted their statvfs. */
int v2v_guest_measure(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err);

/* Does what is mounted at @path take a file?  Where it does not, *@ret_reason
 * is why, the caller's. */
bool v2v_guest_is_writable(
	struct v2v_guest *guest, const char *path, char **ret_reason);

/* Unmounts all; trims every filesystem that can be, once.  What cannot is
 * reported at debug level only: it is copied in full, no harm else. */
int v2v_guest_trim(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_error *err);

/* Index of the first disk whose first sector holds GRUB's boot code, else of
 * the disk that holds @device; -1. */
int v2v_guest_boot_disk(struct v2v_guest *guest, const char *device);

/* The id of the disk that is the appliance's number @index. */
int64_t v2v_guest_disk_id(const struct v2v_guest *guest, int index);

/* "/dev/sda" of "/dev/sda1", and the partition's number (0: the disk itself);
 * NULL for what is neither. */
char *v2v_guest_disk_of(const char *device, int *ret_partition);
#endif
