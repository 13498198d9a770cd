/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `inspect`: what is inside the guest. */
#ifndef V2V_MODEL_INSPECT_H
#define V2V_MODEL_INSPECT_H

#include "model/windows.h"

struct v2v_statvfs {
	int64_t bsize, blocks, bfree, bavail, files, ffree;
};

struct v2v_filesystem {
	char *device; /* the appliance's name: "/dev/sda1", "/dev/vg/lv" */
	char *type;   /* "ext4" "swap" "crypto_LUKS" "unknown" */
	char *label, *uuid;
	char *partuuid; /* of the partition; NULL where it is none */
	struct v2v_statvfs *statvfs; /* NULL: not mounted */
};

struct v2v_partition {
	char *device; /* the appliance's name: "/dev/sda1", "/dev/md127p1" */
	char *type;   /* "ext4" "LVM2_member" …; NULL: nothing known on it */
	int64_t offset, size; /* bytes of its disk */
};

/* One disk can be mounted at a million places; more than so many are not
 * looked at. */
#define V2V_MAX_MOUNTPOINTS 256

struct v2v_mountpoint {
	char *path, *device;
	char *directory; /* of the filesystem, which alone is mounted there;
			    NULL: all of it */
};

struct v2v_application {
	char *name;
	int64_t epoch;
	char *version, *release, *arch;
};

/* What a kernel can drive, built in or as a module. */
struct v2v_kernel_virtio {
	bool blk, scsi, net, rng, balloon, vsock, gpu;
};

/* What an initrd holds (or the kernel has built in). */
struct v2v_initrd_has {
	bool virtio_blk, virtio_scsi, virtio_pci, virtio_net;
};

struct v2v_kernel {
	char *version; /* "6.1.0-18-amd64" */
	char *vmlinuz; /* paths in the guest */
	char *initrd;  /* NULL */
	char *config;  /* NULL */
	char *modpath; /* NULL: it has no modules */
	char *arch;    /* NULL */
	char *package; /* NULL */
	int64_t modules;
	bool is_default;		  /* JSON: default */
	struct v2v_kernel_virtio *virtio; /* NULL: unknown */
	bool ahci;			  /* disks on SATA */
	bool pvpanic, xen_pv_only, debug;
	struct v2v_initrd_has *initrd_has; /* NULL: unknown */
	int64_t initrd_needs;		   /* bytes to append; -1: unknown */
};

struct v2v_bootloader {
	char *type;   /* "grub2" "grub1" "grub2-bls" "systemd-boot" "extlinux"
			 "refind" "limine" "elilo" */
	char *config; /* path in the guest */
};

struct v2v_interface {
	char *name;
	char *mac;	/* NULL */
	char *path;	/* its place on the old bus, "0000:0b:00.0"; NULL */
	char *original; /* the kernel's own name of the card that is to have
			   the name, "eth1"; NULL */
	char *driver;	/* the old card's: words, patterns; NULL */
	char *unclear;	/* what is not understood of how it is found; NULL */
	char *method;	/* "static" "dhcp"; NULL */
	struct v2v_list addresses; /* of char *: "192.0.2.7/24" */
	char *where;		   /* the file that says so */
};

struct v2v_finding {
	char *level; /* "blocker" "change" "note" */
	char *code;  /* stable */
	char *where; /* "/etc/fstab:1"; NULL */
	char *text;
};

struct v2v_inspect {
	char *backend; /* by which it was looked at; NULL: not known */
	char *root, *type, *distro, *osinfo, *arch;
	int64_t major_version, minor_version;
	char *product_name, *product_variant, *hostname;
	char *package_format, *package_management;
	char *firmware;	     /* "bios" "uefi"; NULL */
	int64_t boot_device; /* id of a disk; -1 */
	struct v2v_windows *windows;
	struct v2v_list mountpoints;  /* of struct v2v_mountpoint */
	struct v2v_list filesystems;  /* of struct v2v_filesystem */
	struct v2v_list partitions;   /* of struct v2v_partition */
	struct v2v_list applications; /* of struct v2v_application */
	struct v2v_list kernels;      /* of struct v2v_kernel, default first */
	struct v2v_bootloader *bootloader;
	struct v2v_list network;  /* of struct v2v_interface */
	struct v2v_list findings; /* of struct v2v_finding */
};

/* Fill the zeroed *@inspect from doc.inspect, which must be there. */
int v2v_inspect_load(
	const json_t *doc, struct v2v_inspect *inspect, struct v2v_error *err);
json_t *v2v_inspect_store(const struct v2v_inspect *inspect);
void v2v_inspect_clear(struct v2v_inspect *inspect);
#define CLEANUP_INSPECT __attribute__((cleanup(v2v_inspect_clear)))

/* Is the mountpoint's filesystem an image that is never written to: squashfs,
 * erofs and the like?  And that of /. */
bool v2v_mountpoint_is_image(
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount);
bool v2v_inspect_is_image(const struct v2v_inspect *inspect);

/* Is it a BSD, which no step converts? */
bool v2v_inspect_is_bsd(const struct v2v_inspect *inspect);

/* The filesystem on @device ("btrfsvol:DEVICE/SUBVOLUME" too), or the
 * mountpoint
 * @path; borrowed, or NULL. */
struct v2v_filesystem *v2v_inspect_filesystem(
	const struct v2v_inspect *inspect, const char *device);
const struct v2v_mountpoint *v2v_inspect_mountpoint(
	const struct v2v_inspect *inspect, const char *path);

/* The mountpoint that @path lies on: the longest that contains it, or NULL. */
const struct v2v_mountpoint *v2v_inspect_mountpoint_of(
	const struct v2v_inspect *inspect, const char *path);

/* May it be a unified kernel image: kernel, initrd and arguments in one file?
 */
bool v2v_kernel_is_image(const struct v2v_kernel *kernel);

/* The best bus that a kernel can have its disks on: "virtio-blk",
 * "virtio-scsi", "sata", also where its drivers are not known; NULL where there
 * is none.  And that of the default kernel. */
const char *v2v_kernel_block_bus(const struct v2v_kernel *kernel);
const char *v2v_inspect_block_bus(const struct v2v_inspect *inspect);

/* Can the kernel run with its disks on the default kernel's bus? */
bool v2v_inspect_can_use(
	const struct v2v_inspect *inspect, const struct v2v_kernel *kernel);

/* Append a finding; the strings are copied, the text is formatted. */
void v2v_finding_add(struct v2v_inspect *inspect, const char *level,
	const char *code, const char *where, const char *fmt, ...)
	V2V_PRINTF(5, 6);
#endif
