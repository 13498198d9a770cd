/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest: finding, mounting, their free space, trimming. */
#ifndef V2V_GUEST_MOUNTS_H
#define V2V_GUEST_MOUNTS_H

#include "guest/guest.h"
#include "model/inspect.h"

/* Mount inspect->mountpoints, the shortest path first.  That a filesystem
 * other than / does not mount is a warning. */
int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	bool read_only, struct v2v_error *err);

void v2v_guest_umount(struct v2v_guest *guest);

/*
 * Fill inspect->filesystems: all that the disks hold, with label and UUID;
 * what is mounted, with its statvfs.  And inspect->firmware: "uefi" where there
 * is an EFI system partition (GPT, or type 0xEF in an MBR) and no BIOS boot
 * partition.
 */
int v2v_guest_filesystems(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err);

/* Can the mounted filesystem of / be written?  Tried with a file. */
bool v2v_guest_is_writable(struct v2v_guest *guest);

/* Unmounts all; trims every filesystem that can be.  What cannot is told at
 * debug level only: it is copied in full, no harm else. */
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
