/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest. */
#include "guest/mounts.h"

#include "guest/files.h"
#include "guest/private.h"

#include <ctype.h>

static int by_length(const void *a, const void *b)
{
	const struct v2v_mountpoint *x = a, *y = b;
	size_t m = strlen(x->path), n = strlen(y->path);

	return m < n ? -1 : m > n ? 1 : strcmp(x->path, y->path);
}

static int mount_one(struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, bool read_only,
	struct v2v_error *err)
{
	/* What is only read keeps its times. */
	int status = read_only ? guestfs_mount_ro(
					 guest->g, mount->device, mount->path)
			       : guestfs_mount_options(guest->g, "noatime",
					 mount->device, mount->path);

	if (status == 0)
		return 0;
	if (strcmp(mount->path, "/") == 0 || v2v_is_cancelled(guest->v))
		return v2v_guest_fail(guest, err, "guest-mount",
			"cannot mount the guest's '%s' at %s", mount->device,
			mount->path);
	v2v_warn(guest->v, "guest-mount",
		"cannot mount the guest's '%s' at %s: %s", mount->device,
		mount->path, guestfs_last_error(guest->g));
	return 0;
}

int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	bool read_only, struct v2v_error *err)
{
	size_t n = inspect->mountpoints.count;
	CLEANUP_FREE struct v2v_mountpoint *sorted =
		v2v_alloc(n, sizeof *sorted);

	guestfs_umount_all(guest->g);
	if (n)
		memcpy(sorted, inspect->mountpoints.items, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_length);
	if (n == 0 || strcmp(sorted[0].path, "/") != 0)
		return v2v_fail(err, "no-root",
			"document: inspect.mountpoints has no '/'");
	for (size_t i = 0; i < n; i++)
		if (mount_one(guest, &sorted[i], read_only, err) < 0)
			return -1;
	return 0;
}

void v2v_guest_umount(struct v2v_guest *guest)
{
	guestfs_umount_all(guest->g);
}

static void take_statvfs(
	struct v2v_guest *guest, const char *path, struct v2v_filesystem *fs)
{
	struct guestfs_statvfs *st = guestfs_statvfs(guest->g, path);

	if (!st)
		return;
	fs->statvfs = v2v_alloc(1, sizeof *fs->statvfs);
	*fs->statvfs = (struct v2v_statvfs){
		.bsize = st->bsize,
		.blocks = st->blocks,
		.bfree = st->bfree,
		.bavail = st->bavail,
		.files = st->files,
		.ffree = st->ffree,
	};
	guestfs_free_statvfs(st);
}

/* What blkid(8) says of a device: pairs, in any order. */
static const char *tag(char **tags, const char *name)
{
	for (; tags && tags[0]; tags += 2)
		if (strcmp(tags[0], name) == 0)
			return tags[1];
	return NULL;
}

/* What the devices hold, beside filesystems. */
struct kinds {
	bool lvm, luks, raid, esp, bios_boot;
};

/* UEFI specification §5.3.3; the BIOS boot partition of GRUB; MBR types. */
static void see_partition(char **tags, struct kinds *kinds)
{
	const char *type = tag(tags, "PART_ENTRY_TYPE");

	if (!type)
		return;
	kinds->esp |=
		strcmp(type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b") == 0 ||
		strcmp(type, "0xef") == 0;
	kinds->bios_boot |=
		strcmp(type, "21686148-6449-6e6f-744e-656564454649") == 0;
}

static bool is_extended(char **tags)
{
	const char *type = tag(tags, "PART_ENTRY_TYPE");

	return v2v_streq(type, "0x5") || v2v_streq(type, "0xf") ||
	       v2v_streq(type, "0x85");
}

/* One call for type, label, UUID and the partition's type. */
static void add_filesystem(struct v2v_guest *guest, const char *device,
	struct v2v_inspect *inspect, struct kinds *kinds)
{
	CLEANUP_STRV char **tags = guestfs_blkid(guest->g, device);
	const char *type = tag(tags, "TYPE");
	struct v2v_filesystem *fs;

	see_partition(tags, kinds);
	if (v2v_streq(type, "LVM2_member")) {
		kinds->lvm = true;
		return;
	}
	if (v2v_streq(type, "linux_raid_member")) {
		kinds->raid = true;
		return;
	}
	if (is_extended(tags))
		return;
	kinds->luks |= v2v_streq(type, "crypto_LUKS");
	fs = v2v_list_add(&inspect->filesystems, sizeof *fs);
	fs->device = v2v_strdup(device);
	fs->type = v2v_strdup(type ? type : "unknown");
	fs->label = v2v_strdup(tag(tags, "LABEL"));
	fs->uuid = v2v_strdup(tag(tags, "UUID"));
}

static void add_filesystems(struct v2v_guest *guest, char **devices,
	struct v2v_inspect *inspect, struct kinds *kinds)
{
	for (char **device = devices; device && *device; device++)
		add_filesystem(guest, *device, inspect, kinds);
}

static bool has_partition(char **partitions, const char *disk)
{
	for (; partitions && *partitions; partitions++)
		if (v2v_starts_with(*partitions, disk))
			return true;
	return false;
}

/* Faster than guestfs_list_filesystems(), which starts ldmtool and others. */
static struct kinds list_all(
	struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	CLEANUP_STRV char **disks = guestfs_list_devices(guest->g);
	CLEANUP_STRV char **partitions = guestfs_list_partitions(guest->g);
	CLEANUP_STRV char **volumes = NULL, **mapped = NULL, **arrays = NULL;
	struct kinds kinds = { 0 };

	for (char **disk = disks; disk && *disk; disk++)
		if (!has_partition(partitions, *disk))
			add_filesystem(guest, *disk, inspect, &kinds);
	add_filesystems(guest, partitions, inspect, &kinds);
	if (kinds.raid)
		arrays = guestfs_list_md_devices(guest->g);
	add_filesystems(guest, arrays, inspect, &kinds);
	if (kinds.luks)
		mapped = guestfs_list_dm_devices(guest->g);
	add_filesystems(guest, mapped, inspect, &kinds);
	if (kinds.lvm)
		volumes = guestfs_lvs(guest->g);
	add_filesystems(guest, volumes, inspect, &kinds);
	return kinds;
}

/* What is mounted though no device of the list: a btrfs subvolume. */
static struct v2v_filesystem *mounted_filesystem(
	const struct v2v_mountpoint *mount, struct v2v_inspect *inspect)
{
	struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, mount->device);

	if (fs)
		return fs;
	fs = v2v_list_add(&inspect->filesystems, sizeof *fs);
	fs->device = v2v_strdup(mount->device);
	fs->type = v2v_strdup(v2v_starts_with(mount->device, "btrfsvol:")
				      ? "btrfs"
				      : "unknown");
	return fs;
}

int v2v_guest_filesystems(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	struct kinds kinds = list_all(guest, inspect);

	inspect->firmware =
		v2v_strdup(kinds.esp && !kinds.bios_boot ? "uefi" : "bios");
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints) {
		struct v2v_filesystem *fs = mounted_filesystem(mount, inspect);

		if (!fs->statvfs)
			take_statvfs(guest, mount->path, fs);
	}
	return v2v_check_cancel(guest->v, err);
}

bool v2v_guest_is_writable(struct v2v_guest *guest)
{
	static const char name[] = "/.v2v-writable";
	bool writable = guestfs_touch(guest->g, name) == 0;

	guestfs_rm_f(guest->g, name);
	return writable;
}

static bool can_trim(const struct v2v_filesystem *fs)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "xfs",
		"btrfs", "ntfs", "f2fs" };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (v2v_streq(fs->type, types[i]))
			return true;
	return false;
}

int v2v_guest_trim(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	guestfs_umount_all(guest->g);
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems) {
		if (!can_trim(fs) || v2v_starts_with(fs->device, "btrfsvol:"))
			continue;
		if (guestfs_mount_options(
			    guest->g, "discard", fs->device, "/") < 0 ||
			guestfs_fstrim(guest->g, "/", -1) < 0)
			v2v_debug(guest->v, "trim", "'%s' is not trimmed: %s",
				fs->device, guestfs_last_error(guest->g));
		guestfs_umount_all(guest->g);
		if (v2v_check_cancel(guest->v, err) < 0)
			return -1;
	}
	return 0;
}

char *v2v_guest_disk_of(const char *device, int *ret_partition)
{
	size_t digits = strlen(device);
	uint64_t partition = 0;

	if (!v2v_starts_with(device, "/dev/sd"))
		return NULL;
	while (digits && isdigit((unsigned char)device[digits - 1]))
		digits--;
	if (device[digits] && !v2v_parse_u64(device + digits, &partition))
		return NULL;
	if (memchr(device + strlen("/dev/"), '/', digits - strlen("/dev/")) ||
		partition > 128)
		return NULL;
	*ret_partition = (int)partition;
	return v2v_strndup(device, digits);
}

int v2v_guest_boot_disk(struct v2v_guest *guest, const char *device)
{
	CLEANUP_STRV char **disks = guestfs_list_devices(guest->g);
	CLEANUP_FREE char *disk = NULL;
	int partition, index;

	for (int i = 0; disks && disks[i]; i++) {
		char sector[512];

		if (v2v_guest_read_device(
			    guest, disks[i], sector, sizeof sector, 0) &&
			memmem(sector, sizeof sector, "GRUB", 4))
			return i;
	}
	disk = device ? v2v_guest_disk_of(device, &partition) : NULL;
	index = disk ? guestfs_device_index(guest->g, disk) : -1;
	return index;
}

int64_t v2v_guest_disk_id(const struct v2v_guest *guest, int index)
{
	if (index < 0 || (size_t)index >= guest->drives.count)
		return -1;
	return v2v_items(struct v2v_guest_drive, &guest->drives)[index].disk;
}
