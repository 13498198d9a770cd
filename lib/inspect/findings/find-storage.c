/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about the storage: each names the device, why, and the remedy. */
#include "inspect/findings/find-private.h"
#include "inspect/layouts/container-linux.h"
#include "inspect/storage.h"
#include "linux/storage/resolve.h"

#include "guest/mounts.h"
#include "model/space.h"

/* What no appliance mounts, though blkid(8) tells it. */
static bool is_foreign(const char *type)
{
	static const char *const foreign[] = { "zfs_member", "bcachefs",
		"bcache", "ReFS", "VMFS", "VMFS_volume_member", "apfs",
		"reiser4", "drbd", "ceph_bluestore", "stratis", "VDO" };

	return v2v_is_one_of(type, foreign);
}

static bool is_locked(const char *type)
{
	return v2v_streq(type, "crypto_LUKS") || v2v_streq(type, "BitLocker");
}

/* An opened one has its mapping in the list. */
static bool is_open(
	const struct v2v_list *volumes, const struct v2v_volume *locked)
{
	const char *base = strrchr(locked->device, '/') + 1;
	CLEANUP_FREE char *mapped = v2v_format(
		"/dev/mapper/luks-%s", locked->uuid ? locked->uuid : base);

	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (strcmp(volume->device, mapped) == 0)
			return true;
	return false;
}

static void find_locked(const struct v2v_volume *volume, const char *level,
	struct v2v_inspect *inspect)
{
	const char *selector = volume->uuid ? volume->uuid : volume->device;
	const bool is_windows = v2v_streq(volume->type, "BitLocker");

	if (strcmp(level, V2V_BLOCKER) == 0)
		v2v_finding_add(inspect, level,
			is_windows ? "bitlocker-no-key" : "encrypted",
			volume->device,
			"it is encrypted (%s) and no key that was given opens "
			"it; give one by --key %s:ask or "
			"--key %s:file:NAME",
			volume->type, selector, selector);
	else
		v2v_finding_add(inspect, level, "encrypted", volume->device,
			"it is encrypted (%s, UUID %s) and stays closed; it is "
			"copied as it is",
			volume->type, volume->uuid ? volume->uuid : "unknown");
}

static void find_foreign(const struct v2v_volume *volume, const char *level,
	struct v2v_inspect *inspect)
{
	v2v_finding_add(inspect, level, "fs-not-supported", volume->device,
		"%s cannot be read by the appliance, so nothing on it can be "
		"converted; without v2v-convert it is copied as it is",
		volume->type);
}

static bool has_array(
	const struct v2v_list *volumes, const struct v2v_volume *member)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (volume->members_present &&
			v2v_is_same_uuid(volume->array_uuid, member->uuid))
			return true;
	return false;
}

/* Without a root it may be there; no backend looks inside. */
static void find_dynamic(const struct v2v_volume *volume, const char *level,
	struct v2v_inspect *inspect)
{
	if (strcmp(level, V2V_BLOCKER) == 0)
		v2v_finding_add(inspect, level, "dynamic-system-disk",
			volume->device,
			"it is a part of a dynamic disk, which cannot be read; "
			"without v2v-convert it is copied as it is");
	else
		v2v_finding_add(inspect, level, "dynamic-disk", volume->device,
			"it is a part of a dynamic disk, which is copied as it "
			"is");
}

static void find_in_volume(const struct v2v_list *volumes,
	const struct v2v_volume *volume, const char *level,
	struct v2v_inspect *inspect)
{
	if (is_locked(volume->type) && !is_open(volumes, volume))
		find_locked(volume, level, inspect);
	else if (is_foreign(volume->type))
		find_foreign(volume, level, inspect);
	else if (v2v_volume_is_dynamic(volume))
		find_dynamic(volume, level, inspect);
	else if (v2v_streq(volume->type, "linux_raid_member") &&
		 !has_array(volumes, volume))
		v2v_finding_add(inspect, level, "raid-incomplete",
			volume->device,
			"too few disks of its RAID array are there; add the "
			"others");
	else if (volume->unreadable)
		v2v_finding_add(inspect, level, "volume-inactive",
			volume->device,
			"LVM cannot activate it; is a disk of its volume group "
			"missing?");
}

static void find_repeated(
	const struct v2v_storage *storage, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_volume, volume, &storage->volumes) {
		if (volume->repeated)
			v2v_finding_add(inspect, V2V_NOTE, "duplicate-name",
				volume->device,
				"two volume groups have this name; only one "
				"can be active");
		if (volume->members > volume->members_present &&
			volume->members_present)
			v2v_finding_add(inspect, V2V_NOTE, "raid-degraded",
				volume->device,
				"its array has %u of %u members; what is "
				"missing is rebuilt by mdadm --add",
				volume->members_present, volume->members);
	}
}

/* A clone of a disk beside it: which of the two UUID= means is chance. */
static void find_same_uuid(struct v2v_inspect *inspect)
{
	const struct v2v_filesystem *first = inspect->filesystems.items;

	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems)
		for (const struct v2v_filesystem *other = first; other < fs;
			other++) {
			if (!fs->uuid || !v2v_streq(other->uuid, fs->uuid) ||
				v2v_streq(fs->type, "btrfs") ||
				v2v_streq(fs->type, "zfs_member"))
				continue;
			v2v_finding_add(inspect, V2V_NOTE, "duplicate-uuid",
				fs->device, "'%s' has the same UUID, %s",
				other->device, fs->uuid);
			break;
		}
}

static bool is_image(const struct v2v_inspect *inspect,
	const struct v2v_mount_failure *failure)
{
	return v2v_mountpoint_is_image(
		inspect, &(struct v2v_mountpoint){ .path = failure->path,
				 .device = failure->device });
}

static void find_failure(const struct v2v_mount_failure *failure,
	const char *level, struct v2v_inspect *inspect)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, failure->device);
	const char *type = fs && fs->type ? fs->type : "unknown";

	/* This does not matter for what is not needed, nor for an image. */
	if (failure->read_only &&
		(strcmp(level, V2V_NOTE) == 0 || is_image(inspect, failure)))
		return;
	if (failure->read_only)
		v2v_finding_add(inspect, V2V_BLOCKER, "guest-read-only",
			failure->device, "its %s at %s cannot be written: %s",
			type, failure->path, failure->reason);
	else if (strcmp(level, V2V_NOTE) == 0)
		v2v_finding_add(inspect, level, "not-mounted", failure->device,
			"its %s is not mounted at %s, so nothing in it is "
			"changed: %s",
			type, failure->path, failure->reason);
	else if (failure->unsupported)
		v2v_finding_add(inspect, level, "fs-not-supported",
			failure->device,
			"the appliance's kernel cannot mount its %s at %s "
			"(%s); a newer one may",
			type, failure->path, failure->reason);
	else
		v2v_finding_add(inspect, level, "filesystem-damaged",
			failure->device,
			"its %s does not mount at %s (%s); have it checked in "
			"the old place, by fsck or xfs_repair",
			type, failure->path, failure->reason);
}

static void find_without_root(
	const struct v2v_storage *storage, struct v2v_inspect *inspect)
{
	size_t before = inspect->findings.count;

	v2v_list_foreach (const struct v2v_volume, volume, &storage->volumes)
		find_in_volume(&storage->volumes, volume, V2V_BLOCKER, inspect);
	v2v_list_foreach (
		const struct v2v_mount_failure, failure, &storage->roots.failed)
		find_failure(failure, V2V_BLOCKER, inspect);
	v2v_list_foreach (
		const struct v2v_mount_failure, missed, &storage->roots.missed)
		find_failure(missed, V2V_BLOCKER, inspect);
	if (v2v_container_linux_is(&storage->volumes))
		v2v_find_container_linux(inspect);
	/* A BSD that cannot be read has its own. */
	else if (inspect->findings.count == before && !inspect->type)
		v2v_finding_add(inspect, V2V_BLOCKER, "no-operating-system",
			NULL,
			"no operating system was found on the disks; without "
			"v2v-convert they are copied as they are");
}

static void find_other_roots(
	const struct v2v_roots *roots, struct v2v_inspect *inspect)
{
	const struct v2v_root *all = roots->roots.items;
	const struct v2v_root *chosen = &all[roots->chosen];

	for (size_t i = 0; i < roots->roots.count; i++)
		if (i != roots->chosen)
			v2v_finding_add(inspect, V2V_NOTE, "another-root",
				all[i].device, "%s; --root chooses",
				strcmp(all[i].filesystem, chosen->filesystem)
					? "another operating system"
					: "another subvolume or snapshot with "
					  "an operating system");
}

/* Whatever is in that memory image would be restored onto other hardware. */
static void find_hibernated(struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems)
		if (v2v_streq(fs->type, "swsuspend"))
			v2v_finding_add(inspect, V2V_BLOCKER, "hibernated",
				fs->device,
				"Linux is hibernated; start it and shut it "
				"down first");
}

/* A clean machine has none. */
static void find_replayed(
	const struct v2v_list *devices, struct v2v_inspect *inspect)
{
	v2v_list_foreach (char *, device, devices)
		v2v_finding_add(inspect, V2V_NOTE, "journal-replayed", *device,
			"it was not unmounted; its journal was replayed, "
			"so its files are as they were written last");
}

static void find_distro(
	const struct v2v_storage *storage, struct v2v_inspect *inspect)
{
	/* v2v_find_kernels() reports one without any name. */
	if (!storage->distro_unknown || !inspect->distro)
		return;
	v2v_finding_add(inspect, V2V_NOTE, "distro-unknown", NULL,
		"libguestfs does not know the distribution '%s'; what is found "
		"on the disk decides",
		inspect->product_name ? inspect->product_name
				      : inspect->distro);
}

static void find_space(struct v2v_inspect *inspect)
{
	struct v2v_error err = { 0 };

	if (v2v_space_check(inspect, &err) < 0)
		v2v_finding_add(
			inspect, V2V_BLOCKER, err.code, NULL, "%s", err.text);
}

void v2v_storage_findings(
	const struct v2v_storage *storage, struct v2v_inspect *inspect)
{
	find_repeated(storage, inspect);
	find_same_uuid(inspect);
	if (storage->replayed)
		find_replayed(storage->replayed, inspect);
	if (!inspect->root) {
		find_without_root(storage, inspect);
		return;
	}
	v2v_list_foreach (const struct v2v_volume, volume, &storage->volumes)
		find_in_volume(&storage->volumes, volume, V2V_NOTE, inspect);
	v2v_list_foreach (
		const struct v2v_mount_failure, failure, &storage->not_mounted)
		find_failure(failure,
			v2v_mount_is_needed(failure->path) && !failure->no_place
				? V2V_BLOCKER
				: V2V_NOTE,
			inspect);
	v2v_list_foreach (
		const struct v2v_mount_failure, failure, &storage->auto_failed)
		find_failure(failure, V2V_NOTE, inspect);
	v2v_find_root_images(&storage->images, inspect);
	if (v2v_streq(inspect->type, "linux")) {
		find_hibernated(inspect);
		find_space(inspect);
		find_distro(storage, inspect);
	}
	find_other_roots(&storage->roots, inspect);
}
