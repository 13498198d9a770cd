/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking for a Linux or BSD on every filesystem, where libguestfs finds none.
 */
#include "inspect/roots.h"

#include "bsd/bsd.h"
#include "core/lines.h"
#include "guest/files.h"
#include "guest/mounts.h"
#include "model/appliance-names.h"

/* What no root lies on, or nothing can be mounted from. */
bool v2v_roots_may_be_on(const struct v2v_volume *volume)
{
	static const char *const others[] = { "swap", "swsuspend",
		"crypto_LUKS", "BitLocker", "exfat", "linux_raid_array",
		"zfs_member", "bcachefs", "bcache", "ReFS", "VMFS",
		"VMFS_volume_member", "apfs", "DM_snapshot_cow", "LVM1_member",
		"LVM2_thin_pool", "jbd", "DM_verity_hash", "DM_integrity" };

	if (!volume->type || volume->unreadable || v2v_volume_is_member(volume))
		return false;
	return !v2v_is_one_of(volume->type, others);
}

/* Of a Linux or BSD. */
static bool can_be_root(const struct v2v_volume *volume)
{
	static const char *const others[] = { "vfat", "ntfs", "iso9660",
		"udf" };

	return v2v_roots_may_be_on(volume) &&
	       !v2v_is_one_of(volume->type, others);
}

static bool has_any(struct v2v_guest *guest,
	bool (*is)(struct v2v_guest *, const char *), const char *const *paths)
{
	for (; *paths; paths++)
		if (is(guest, *paths))
			return true;
	return false;
}

/* A distribution without /etc/fstab, or with a folder of its own kind for
 * programs, is one too. */
static bool is_linux(struct v2v_guest *guest)
{
	static const char *const programs[] = { "/bin", "/usr/bin",
		"/nix/store", "/gnu/store", NULL };
	static const char *const files[] = { "/etc/os-release",
		"/usr/lib/os-release", "/etc/fstab", "/etc/passwd",
		"/etc/inittab", NULL };

	/* Of OSTree it is a folder below. */
	return v2v_guest_is_dir(guest, "/ostree/deploy") ||
	       (v2v_guest_is_dir(guest, "/etc") &&
		       has_any(guest, v2v_guest_is_dir, programs) &&
		       has_any(guest, v2v_guest_is_file, files));
}

/* Lines of an fstab that name a disk; libguestfs looks for each of them, which
 * takes it a third of a second where it is emulated. */
static size_t disks_in_fstab(struct v2v_guest *guest)
{
	static const char *const names[] = { "/dev/",
		"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=" };
	CLEANUP_FREE char *text = v2v_guest_text(guest, "/etc/fstab");
	const char *s = text ? text : "";
	size_t count = 0;

	while (*s) {
		CLEANUP_FREE char *line = v2v_line_next(&s);
		const char *spec = v2v_line_trim(line);

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			count += v2v_starts_with(spec, names[i]);
	}
	return count;
}

/* What libguestfs reads with Augeas, which takes minutes for megabytes. */
static const char *costly_file(struct v2v_guest *guest)
{
	static const char *const read[] = { "/etc/fstab", "/etc/mdadm.conf",
		"/etc/mdadm/mdadm.conf", "/etc/sysconfig/network" };
	static const int64_t most = 128 << 10;
	static const size_t most_disks = 64;

	for (size_t i = 0; i < ARRAY_SIZE(read); i++)
		if (v2v_guest_size(guest, read[i]) > most)
			return read[i];
	return disks_in_fstab(guest) > most_disks ? read[0] : NULL;
}

static bool is_costly(struct v2v_guest *guest, const struct v2v_volume *volume)
{
	const char *path = can_be_root(volume) && v2v_guest_mount_root(guest,
							  volume->device, NULL)
				   ? costly_file(guest)
				   : NULL;

	if (path)
		v2v_guest_tell_costly(guest, path);
	return path != NULL;
}

bool v2v_roots_are_costly(
	struct v2v_guest *guest, const struct v2v_list *volumes)
{
	bool costly = false;

	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		costly = costly || is_costly(guest, volume);
	v2v_guest_umount(guest);
	return costly;
}

static bool is_bsd(struct v2v_guest *guest)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);

	return v2v_bsd_of_tree(&tree) != NULL;
}

/* VyOS, and others after live-boot(7): the root is an image in a folder of
 * /boot. */
static bool is_of_images(struct v2v_guest *guest)
{
	struct v2v_list images CLEANUP_STRINGS = { 0 };

	if (v2v_guest_is_dir(guest, "/boot/grub"))
		v2v_guest_glob(guest, V2V_ROOT_IMAGES, &images);
	return images.count > 0;
}

static void probe(struct v2v_guest *guest, const char *device,
	struct v2v_list *names, struct v2v_list *failed)
{
	if (v2v_guest_mount_root(guest, device, failed) &&
		(is_linux(guest) || is_bsd(guest) || is_of_images(guest)))
		v2v_list_add_string(names, device);
}

/* Subvolumes are looked at as long as there is none on the default one. */
#define MAX_SUBVOLUMES 32

static void probe_subvolumes(
	struct v2v_guest *guest, const char *device, struct v2v_list *names)
{
	struct v2v_list subvolumes CLEANUP_STRINGS = { 0 };
	size_t tried = 0;

	v2v_guest_subvolumes(guest, device, &subvolumes);
	v2v_list_foreach (char *, subvolume, &subvolumes) {
		CLEANUP_FREE char *name =
			v2v_appliance_subvolume(device, *subvolume);

		if (tried++ < MAX_SUBVOLUMES)
			probe(guest, name, names, NULL);
	}
}

void v2v_roots_probe(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_list *names, struct v2v_list *failed)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		size_t before = names->count;

		if (!can_be_root(volume))
			continue;
		probe(guest, volume->device, names, failed);
		if (names->count == before && v2v_streq(volume->type, "btrfs"))
			probe_subvolumes(guest, volume->device, names);
	}
	v2v_guest_umount(guest);
}
