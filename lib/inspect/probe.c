/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking for a Linux on every filesystem, where libguestfs finds none. */
#include "inspect/roots.h"

#include "guest/files.h"
#include "guest/mounts.h"

/* What no root of a Linux lies on, or nothing can be mounted from. */
static bool can_be_root(const struct v2v_volume *volume)
{
	static const char *const others[] = { "swap", "swsuspend",
		"crypto_LUKS", "BitLocker", "vfat", "exfat", "ntfs", "iso9660",
		"udf", "linux_raid_array", "zfs_member", "bcachefs", "bcache",
		"ReFS", "VMFS", "VMFS_volume_member", "apfs", "ufs",
		"DM_snapshot_cow", "LVM1_member", "LVM2_thin_pool" };

	if (!volume->type || volume->unreadable || v2v_volume_is_member(volume))
		return false;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strcmp(volume->type, others[i]) == 0)
			return false;
	return true;
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

	return v2v_guest_is_dir(guest, "/etc") &&
	       has_any(guest, v2v_guest_is_dir, programs) &&
	       has_any(guest, v2v_guest_is_file, files);
}

/* What libguestfs reads with Augeas, which takes minutes where they are large.
 */
static bool has_costly_file(struct v2v_guest *guest)
{
	static const char *const read[] = { "/etc/fstab", "/etc/mdadm.conf",
		"/etc/mdadm/mdadm.conf", "/etc/sysconfig/network" };
	static const int64_t most = 128 << 10;

	for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
		if (v2v_guest_size(guest, read[i]) > most) {
			v2v_guest_tell_costly(guest, read[i]);
			return true;
		}
	return false;
}

bool v2v_roots_are_costly(
	struct v2v_guest *guest, const struct v2v_list *volumes)
{
	bool costly = false;

	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		costly = costly || (can_be_root(volume) &&
					   v2v_guest_mount_root(guest,
						   volume->device, NULL) &&
					   has_costly_file(guest));
	v2v_guest_umount(guest);
	return costly;
}

static void probe(struct v2v_guest *guest, const char *device,
	struct v2v_list *names, struct v2v_list *failed)
{
	if (v2v_guest_mount_root(guest, device, failed) && is_linux(guest))
		v2v_list_add_string(names, device);
}

/* Subvolumes are looked at as long as there is none on the default one. */
#define MAX_SUBVOLUMES 32

static void probe_subvolumes(
	struct v2v_guest *guest, const char *device, struct v2v_list *names)
{
	struct v2v_list subvolumes CLEANUP_NAMES = { 0 };
	size_t tried = 0;

	v2v_guest_subvolumes(guest, device, &subvolumes);
	v2v_list_foreach (char *, subvolume, &subvolumes) {
		CLEANUP_FREE char *name =
			v2v_format("btrfsvol:%s/%s", device, *subvolume);

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
