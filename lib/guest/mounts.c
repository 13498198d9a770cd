/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest. */
#include "guest/mounts.h"

#include "guest/files.h"
#include "guest/private.h"

#include <ctype.h>

/* The appliance's name of its disk number @index; NULL where there is none. */
static char *device_at(struct v2v_guest *guest, size_t index)
{
	CLEANUP_STRV char **devices = guestfs_list_devices(guest->g);

	for (size_t i = 0; devices && devices[i]; i++)
		if (i == index)
			return v2v_strdup(devices[i]);
	return NULL;
}

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
	int status =
		read_only
			? guestfs_mount_ro(guest->g, mount->device, mount->path)
			: guestfs_mount(guest->g, mount->device, mount->path);

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

static char *empty_as_null(char *s)
{
	if (s && !*s) {
		free(s);
		return NULL;
	}
	return s;
}

char *v2v_guest_uuid(struct v2v_guest *guest, const char *device)
{
	return empty_as_null(guestfs_vfs_uuid(guest->g, device));
}

char *v2v_guest_partuuid(struct v2v_guest *guest, const char *device)
{
	int partition = 0;
	CLEANUP_FREE char *disk = v2v_guest_disk_of(device, &partition);
	CLEANUP_FREE char *type = NULL;

	if (!disk || partition == 0)
		return NULL;
	type = guestfs_part_get_parttype(guest->g, disk);
	if (!v2v_streq(type, "gpt"))
		return NULL;
	return empty_as_null(
		guestfs_part_get_gpt_guid(guest->g, disk, partition));
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

int v2v_guest_filesystems(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	CLEANUP_STRV char **pairs = guestfs_list_filesystems(guest->g);

	if (!pairs)
		return v2v_guest_fail(guest, err, "guest-filesystems",
			"cannot list the guest's filesystems");
	for (char **pair = pairs; pair[0]; pair += 2) {
		struct v2v_filesystem *fs =
			v2v_list_add(&inspect->filesystems, sizeof *fs);

		fs->device = v2v_strdup(pair[0]);
		fs->type = v2v_strdup(pair[1]);
		/* blkid told it to the appliance already: "unknown" has none */
		if (strcmp(pair[1], "unknown") == 0)
			continue;
		fs->label = empty_as_null(guestfs_vfs_label(guest->g, pair[0]));
		fs->uuid = v2v_guest_uuid(guest, pair[0]);
	}
	v2v_list_foreach(
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
	{
		struct v2v_filesystem *fs =
			v2v_inspect_filesystem(inspect, mount->device);

		if (fs && !fs->statvfs)
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
	v2v_list_foreach(const struct v2v_filesystem, fs, &inspect->filesystems)
	{
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

/* UEFI specification §5.3.3, and the BIOS boot partition of GRUB. */
#define ESP_GUID       "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define BIOS_BOOT_GUID "21686148-6449-6E6F-744E-656564454649"
#define MBR_ESP	       0xef

struct boot_partitions {
	bool esp, bios_boot;
};

static void look_at_gpt(struct v2v_guest *guest, const char *disk,
	struct boot_partitions *found)
{
	struct guestfs_partition_list *parts =
		guestfs_part_list(guest->g, disk);

	for (uint32_t i = 0; parts && i < parts->len; i++) {
		CLEANUP_FREE char *type = guestfs_part_get_gpt_type(
			guest->g, disk, parts->val[i].part_num);

		found->esp |= type && strcasecmp(type, ESP_GUID) == 0;
		found->bios_boot |=
			type && strcasecmp(type, BIOS_BOOT_GUID) == 0;
	}
	guestfs_free_partition_list(parts);
}

/* The four entries of the boot record: type at 0x1be + 4. */
static void look_at_mbr(
	const unsigned char *sector, struct boot_partitions *found)
{
	for (size_t at = 0x1be; at < 0x1fe; at += 16)
		found->esp |= sector[at + 4] == MBR_ESP;
}

#define MBR_PROTECTIVE 0xee

const char *v2v_guest_firmware(struct v2v_guest *guest)
{
	struct boot_partitions found = { false, false };

	for (size_t i = 0; i < guest->drives.count; i++) {
		CLEANUP_FREE char *disk = device_at(guest, i);
		unsigned char sector[512];

		if (!disk ||
			!v2v_guest_read_device(
				guest, disk, sector, sizeof sector, 0) ||
			sector[510] != 0x55 || sector[511] != 0xaa)
			continue;
		if (sector[0x1be + 4] == MBR_PROTECTIVE)
			look_at_gpt(guest, disk, &found);
		else
			look_at_mbr(sector, &found);
	}
	return found.esp && !found.bios_boot ? "uefi" : "bios";
}

int v2v_guest_boot_disk(struct v2v_guest *guest, const char *device)
{
	int partition, index;
	CLEANUP_FREE char *disk = NULL;

	for (size_t i = 0; i < guest->drives.count; i++) {
		CLEANUP_FREE char *name = device_at(guest, i);
		char sector[512];

		if (name &&
			v2v_guest_read_device(
				guest, name, sector, sizeof sector, 0) &&
			memmem(sector, sizeof sector, "GRUB", 4))
			return (int)i;
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
