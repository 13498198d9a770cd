/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which filesystem is the guest's root.  What knows systems is asked first
 * (systems.h); where it finds none, every filesystem is looked at for a Linux
 * of whatever kind. Of a btrfs the subvolume counts that the guest boots from;
 * snapshots of it are not operating systems of their own.
 */
#ifndef V2V_INSPECT_ROOTS_H
#define V2V_INSPECT_ROOTS_H

#include "inspect/systems.h"

/* Where VyOS keeps its images, one for each version. */
#define V2V_ROOT_IMAGES "/boot/*/*.squashfs"

struct v2v_root {
	char *device;	  /* "/dev/sda1", "btrfsvol:/dev/sda1/@" */
	char *filesystem; /* "/dev/sda1" */
	char *subvolume;  /* "@"; NULL: the default one */
	int rank; /* of the roots on one filesystem the highest counts */
};

struct v2v_roots {
	struct v2v_list roots;	 /* of struct v2v_root, a filesystem's best
				    first */
	size_t chosen;		 /* its index; roots.count: there is none */
	bool probed;		 /* found by looking: none of them is known */
	struct v2v_list failed;	 /* of struct v2v_mount_failure: tried */
	struct v2v_list missed;	 /* others: a system may be there, of whatever
				    kind, but the backend cannot know */
	struct v2v_list systems; /* of struct v2v_os: systems.h */
};

void v2v_roots_clear(struct v2v_roots *roots);
#define CLEANUP_ROOTS __attribute__((cleanup(v2v_roots_clear)))

/*
 * Fill the zeroed *@roots and choose: "first" or NULL, "single", a number from
 * 1, or a device.  Finding none is not a failure.
 */
int v2v_roots_find(struct v2v_guest *guest, const struct v2v_list *volumes,
	const char *wanted, struct v2v_roots *roots, struct v2v_error *err);

/* Has a volume that may be a root files on which libguestfs' inspection would
 * spend minutes?  Then that is reported. */
bool v2v_roots_are_costly(
	struct v2v_guest *guest, const struct v2v_list *volumes);

/* Add the device of every Linux that is found by looking ourselves; what does
 * not mount is added to @failed. */
void v2v_roots_probe(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_list *names, struct v2v_list *failed);

/* The pure parts. */

/* May there be a root of any system on it? */
bool v2v_roots_may_be_on(const struct v2v_volume *volume);

/* Add the root on @device, one of @volumes. */
void v2v_roots_add(struct v2v_list *roots, const struct v2v_list *volumes,
	const char *device);

/*
 * How surely a subvolume is what boots: the bootloader's files in it name it
 * (rootflags=subvol=); it is the default one; its own fstab names it.  A
 * snapshot has the original's files and so names another.
 */
int v2v_root_rank(const char *subvolume, const char *fstab, const char *boot);

/* The subvolume of the first "rootflags=" in a bootloader's text, without its
 * '/'; the caller's, or NULL. */
char *v2v_root_flags(const char *text);

/* Sort by rank within each filesystem, and find @wanted. */
int v2v_roots_choose(
	const char *wanted, struct v2v_roots *roots, struct v2v_error *err);
#endif
