/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of block devices in the guest, old to new.  A name that depends on the
 * old hypervisor becomes UUID= of what is on it, or PARTUUID=, or the new name
 * where it has neither.  Names that stay true (UUID=, LABEL=, by-uuid, LVM, MD)
 * have no new one.
 */
#ifndef V2V_MODEL_DEVICES_H
#define V2V_MODEL_DEVICES_H

#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/letters.h"
#include "model/source.h"

struct v2v_devices {
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed: UUIDs */
	const char *prefix;		   /* the new bus's: "vd" "sd" "hd" */
	bool partuuid;			   /* the guest understands PARTUUID= */
	bool no_initrd;	 /* its kernel mounts / itself, and knows no UUID= */
	bool names_only; /* always "/dev/vda1" */
	/* A link that is known to be the root's, "disk/by-id/…-part1"; "":
	 * none. With several disks it tells the others' links apart. */
	char root_link[256];
};

/* Note that @name ("/dev/disk/by-id/…-part1") means the guest's root:
 * devices->root_link, where it is such a link and has the root's number.  The
 * first stays. */
void v2v_devices_note_root(struct v2v_devices *devices, const char *name);

/* What "/dev/PREFIXa" is called on a bus of guestcaps: "vd", "sd", "hd". */
const char *v2v_devices_prefix(const char *block_bus);

/* What the old system calls disk number @index: "sda", "nvme0n1"; the
 * caller's. */
char *v2v_devices_old_name(const struct v2v_source *source, size_t index);

/*
 * The partition that an old name ("/dev/sda1", "/dev/nvme0n1p1",
 * "/dev/disk/by-path/…-part1") means, *@ret_partition 0 for a whole disk:
 * true.  False for any other name, or a disk that there is not.
 */
bool v2v_devices_find(const struct v2v_devices *devices, const char *name,
	size_t *ret_disk, unsigned *ret_partition);

/* The new name, "UUID=…" or "/dev/vda1"; NULL where the old one stays.  The
 * caller frees. */
char *v2v_devices_replace(const struct v2v_devices *devices, const char *name);

/* The same, but always "/dev/vda1" and never a UUID. */
char *v2v_devices_rename(const struct v2v_devices *devices, const char *name);

/* The same for a kernel's command line: a link of /dev/disk stays one
 * (by-uuid), which any initrd that knew the old one understands; without an
 * initrd it is PARTUUID= or a name. */
char *v2v_devices_argument(const struct v2v_devices *devices, const char *name);

/* The same for root=: a link that tells no disk is the root that was found,
 * where the partition's number is the same. */
char *v2v_devices_root(const struct v2v_devices *devices, const char *name);

/* The same as a path: a link of by-uuid, or "/dev/vda1". */
char *v2v_devices_path(const struct v2v_devices *devices, const char *name);

/* Is the name already that of a disk on the new bus? */
bool v2v_devices_is_new(const struct v2v_devices *devices, const char *name);

/* Does the name look like one of the old hypervisor's disks, though
 * v2v_devices_replace() knows none of that name?  Worth a warning. */
bool v2v_devices_is_unknown(
	const struct v2v_devices *devices, const char *name);

/* device-names.c: the parsing of old names, "sda1" without "/dev/".  The disk
 * is an index into source->disks, or beyond; @source may have none. */
bool v2v_device_name_parse(const struct v2v_source *source, const char *name,
	size_t *ret_disk, unsigned *ret_partition);

/* device-links.c.  Do two links mean the same disk, or surely two disks? */
enum v2v_same { V2V_SAME_UNKNOWN, V2V_SAME_DISK, V2V_OTHER_DISK };
enum v2v_same v2v_device_links_compare(const char *a, const char *b);

/* May a link of by-path mean disk @i, by its place on a controller, and by its
 * controller?  @root_link ("": not known) means the disk @root. */
bool v2v_device_link_may_be(const struct v2v_source *source, size_t i,
	const char *link, size_t root, const char *root_link);

/* A link of /dev/disk/by-path or by-id ("disk/by-id/…-part1"): is it one of a
 * disk; its partition; its disk where that is sure, else *@ret_disk is the
 * number of disks. */
bool v2v_device_link_parse(const struct v2v_source *source, const char *name,
	size_t *ret_disk, unsigned *ret_partition);
#endif
