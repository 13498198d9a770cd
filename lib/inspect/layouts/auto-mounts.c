/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Partitions of the bootloader that no fstab names. */
#include "inspect/layouts/auto-mounts.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/volumes.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/esp.h"

/* The types of GPT and of an MBR, and the places in the generator's order.
 * /boot/efi is not one of its places: who made the folder meant it, though. */
static const struct kind {
	const char *gpt, *mbr, *places[4];
} kinds[] = {
	[V2V_AUTO_XBOOTLDR] = { "bc13c2ff-59e6-4262-a352-b275fd6f7172", "0xea",
		{ "/boot" } },
	[V2V_AUTO_ESP] = { "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef",
		{ "/efi", "/boot/efi", "/boot" } },
};

static bool is_of_kind(const struct v2v_volume *volume, const struct kind *kind)
{
	return volume->type && !v2v_volume_is_member(volume) &&
	       (v2v_streq(volume->parttype, kind->gpt) ||
		       v2v_streq(volume->parttype, kind->mbr));
}

static bool is_mounted(const struct v2v_inspect *inspect, const char *device)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (strcmp(mount->device, device) == 0)
			return true;
	return false;
}

static bool is_beside(const char *device, const char *root)
{
	int number;
	CLEANUP_FREE char *disk = v2v_guest_disk_of(device, &number);
	CLEANUP_FREE char *of_root =
		root ? v2v_guest_disk_of(root, &number) : NULL;

	return disk && v2v_streq(disk, of_root);
}

const char *v2v_auto_device(enum v2v_auto_kind kind,
	const struct v2v_list *volumes, const struct v2v_inspect *inspect)
{
	const char *found = NULL;
	size_t count = 0;

	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		if (!is_of_kind(volume, &kinds[kind]))
			continue;
		if (is_mounted(inspect, volume->device))
			return NULL;
		count++;
		if (found && is_beside(found, inspect->root))
			continue;
		found = volume->device;
	}
	return count == 1 || (found && is_beside(found, inspect->root)) ? found
									: NULL;
}

/* A folder, no link to one, with nothing in it that a mount would hide. */
static bool is_free(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	const char *path)
{
	CLEANUP_FREE char *real = v2v_guest_resolve(guest, path);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (v2v_inspect_mountpoint(inspect, path) || !v2v_streq(real, path) ||
		!v2v_guest_is_dir(guest, path))
		return false;
	v2v_guest_list(guest, path, &names);
	return names.count == 0;
}

/* Add it where it is mounted, once; false: @place is not free, or it does not
 * mount there. */
static bool mount_at(struct v2v_guest *guest, struct v2v_inspect *inspect,
	const char *place, const char *found, struct v2v_list *failures)
{
	CLEANUP_FREE char *path = v2v_strdup(place);
	CLEANUP_FREE char *device = v2v_strdup(found);
	struct v2v_mountpoint mount = { path, device, NULL };

	if (!is_free(guest, inspect, path) ||
		!v2v_guest_try_mount(guest, inspect, &mount, failures))
		return false;
	path = device = NULL;
	*(struct v2v_mountpoint *)v2v_list_add(
		&inspect->mountpoints, sizeof mount) = mount;
	return true;
}

/* In the first of @places (NULL at the end) that is free, which is returned;
 * NULL: it is not mounted.  Where one does not mount, the others are not
 * tried. */
static const char *mount_first(struct v2v_guest *guest,
	struct v2v_inspect *inspect, const char *const *places,
	const char *device, struct v2v_list *failures)
{
	const size_t before = failures->count;

	for (; *places && failures->count == before; places++)
		if (mount_at(guest, inspect, *places, device, failures))
			return *places;
	return NULL;
}

static void mount_kind(struct v2v_guest *guest, enum v2v_auto_kind kind,
	const struct v2v_list *volumes, struct v2v_inspect *inspect,
	struct v2v_list *failures)
{
	const char *found = v2v_auto_device(kind, volumes, inspect);

	if (found)
		mount_first(
			guest, inspect, kinds[kind].places, found, failures);
}

/* What a partition of the kernel has in it. */
static bool has_kernel(struct v2v_guest *guest, const char *place)
{
	static const char *const names[] = { "boot/grub/grub.cfg",
		"boot/vmlinuz", "bzImage", "vmlinuz", "EFI/BOOT/grub.cfg" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", place, names[i]);

		if (v2v_guest_is_file(guest, path))
			return true;
	}
	return false;
}

static void unmount_last(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	struct v2v_mountpoint *mount =
		v2v_items(struct v2v_mountpoint, &inspect->mountpoints) +
		--inspect->mountpoints.count;

	v2v_guest_umount_at(guest, mount->path);
	free(mount->path);
	free(mount->device);
}

/* Kept mounted where it has a kernel. */
static void try_kernel(struct v2v_guest *guest, const char *device,
	struct v2v_inspect *inspect, struct v2v_list *failures)
{
	static const char *const places[] = { "/boot", "/mnt/boot", "/mnt",
		"/media", "/opt", "/srv", NULL };
	const char *place =
		mount_first(guest, inspect, places, device, failures);

	if (place && !has_kernel(guest, place))
		unmount_last(guest, inspect);
}

static bool may_have_kernel(
	const struct v2v_inspect *inspect, const struct v2v_volume *volume)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "vfat",
		"squashfs", "erofs" };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (v2v_streq(volume->type, types[i]))
			return !is_mounted(inspect, volume->device) &&
			       is_beside(volume->device, inspect->root);
	return false;
}

/* More partitions than such a system has. */
#define MAX_TRIED 12

void v2v_auto_mount_kernel(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_inspect *inspect,
	struct v2v_list *failures)
{
	size_t tried = 0;

	if (!v2v_inspect_is_image(inspect) &&
		!v2v_streq(inspect->distro, "openwrt"))
		return;
	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (may_have_kernel(inspect, volume) && tried++ < MAX_TRIED)
			try_kernel(guest, volume->device, inspect, failures);
}

void v2v_auto_mount(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_inspect *inspect, struct v2v_list *failures)
{
	struct v2v_list esps CLEANUP_STRINGS = { 0 };

	v2v_bootloader_esps(inspect, &esps);
	mount_kind(guest, V2V_AUTO_XBOOTLDR, volumes, inspect, failures);
	/* A vfat of /boot that is mounted is the EFI system partition. */
	if (esps.count == 0)
		mount_kind(guest, V2V_AUTO_ESP, volumes, inspect, failures);
}
