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

void v2v_mount_failures_clear(struct v2v_list *failures)
{
	v2v_list_foreach (struct v2v_mount_failure, failure, failures) {
		free(failure->device);
		free(failure->path);
		free(failure->reason);
	}
	free(failures->items);
	*failures = (struct v2v_list){ 0 };
}

static bool has_any(const char *s, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (memmem(s, length, *words, strlen(*words)))
			return true;
	return false;
}

/* The last of the kernel's messages in which a filesystem speaks. */
static char *last_words(struct v2v_guest *guest, bool *ret_unsupported)
{
	static const char *const speakers[] = { "EXT4-fs (", "EXT3-fs (",
		"EXT2-fs (", "XFS (", "BTRFS", "F2FS-fs (", "FAT-fs (",
		"JFS: ", "REISERFS ", "ntfs", "SQUASHFS", "erofs", NULL };
	static const char *const newer[] = { "unsupported optional feature",
		"unknown incompatible", "unknown read-only compatible",
		"unknown required", "unsupported incompat", "not supported",
		"newer than", NULL };
	CLEANUP_FREE char *all = guestfs_dmesg(guest->g);
	size_t length = 0, seen = all ? strlen(all) : 0;
	const char *line = all ? all : "", *end, *best = NULL;

	/* What was said of an earlier one is not about this. */
	if (guest->log_seen <= seen)
		line += guest->log_seen;
	guest->log_seen = seen;
	for (; *line; line = *end ? end + 1 : end) {
		size_t n = strcspn(line, "\n");

		end = line + n;
		if (!has_any(line, n, speakers))
			continue;
		/* What says more stays, though others follow. */
		*ret_unsupported = has_any(line, n, newer);
		best = *line == '[' ? line + strcspn(line, "]\n") + 1 : line;
		length = (size_t)(end - best);
		if (*ret_unsupported)
			break;
	}
	while (best && *best == ' ') {
		best++;
		length--;
	}
	return best ? v2v_strndup(best, length) : NULL;
}

/* mount(8) says "wrong fs type, bad option, bad superblock …" whatever it
 * is; the kernel's log says what. */
static void add_failure(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures)
{
	static const char *const types[] = { "unknown filesystem type", NULL };
	CLEANUP_FREE char *why = v2v_strdup(guestfs_last_error(guest->g));
	struct v2v_mount_failure *failure =
		v2v_list_add(failures, sizeof *failure);

	failure->device = v2v_strdup(device);
	failure->path = v2v_strdup(path);
	if (!why)
		why = v2v_strdup("unknown");
	failure->unsupported = has_any(why, strlen(why), types);
	if (!failure->unsupported)
		failure->reason = last_words(guest, &failure->unsupported);
	if (!failure->reason)
		failure->reason = v2v_strndup(why, strcspn(why, "\n"));
}

bool v2v_guest_mount_root(
	struct v2v_guest *guest, const char *device, struct v2v_list *failures)
{
	guestfs_umount_all(guest->g);
	/* Another root's texts. */
	json_object_clear(guest->texts);
	if (guestfs_mount_ro(guest->g, device, "/") == 0)
		return true;
	if (failures)
		add_failure(guest, device, "/", failures);
	return false;
}

void v2v_guest_subvolumes(
	struct v2v_guest *guest, const char *device, struct v2v_list *paths)
{
	struct guestfs_btrfssubvolume_list *list =
		guestfs_btrfs_subvolume_list(guest->g, device);

	for (uint32_t i = 0; list && i < list->len; i++)
		v2v_list_add_string(paths, list->val[i].btrfssubvolume_path);
	guestfs_free_btrfssubvolume_list(list);
}

static int mount_one(struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, bool read_only,
	struct v2v_list *failures, struct v2v_error *err)
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
	if (failures)
		add_failure(guest, mount->device, mount->path, failures);
	else
		v2v_warn(guest->v, "guest-mount",
			"cannot mount the guest's '%s' at %s: %s",
			mount->device, mount->path,
			guestfs_last_error(guest->g));
	return 0;
}

int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	bool read_only, struct v2v_list *failures, struct v2v_error *err)
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
		if (mount_one(guest, &sorted[i], read_only, failures, err) < 0)
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

int v2v_guest_measure(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints) {
		struct v2v_filesystem *fs =
			v2v_inspect_filesystem(inspect, mount->device);

		if (fs && !fs->statvfs)
			take_statvfs(guest, mount->path, fs);
	}
	return v2v_check_cancel(guest->v, err);
}

bool v2v_guest_is_writable(struct v2v_guest *guest, char **ret_reason)
{
	static const char name[] = "/.v2v-writable";
	struct guestfs_statns *root = guestfs_statns(guest->g, "/");
	bool writable = guestfs_touch(guest->g, name) == 0;

	if (!writable)
		*ret_reason = v2v_strdup(guestfs_last_error(guest->g));
	guestfs_rm_f(guest->g, name);
	/* Trying leaves no trace. */
	if (writable && root)
		guestfs_utimens(guest->g, "/", root->st_atime_sec,
			root->st_atime_nsec, root->st_mtime_sec,
			root->st_mtime_nsec);
	guestfs_free_statns(root);
	return writable;
}

bool v2v_guest_can_be_written(
	struct v2v_guest *guest, const char *root, char **ret_reason)
{
	bool writable;

	guestfs_umount_all(guest->g);
	if (guestfs_mount(guest->g, root, "/") < 0) {
		*ret_reason = v2v_strdup(guestfs_last_error(guest->g));
		return false;
	}
	writable = v2v_guest_is_writable(guest, ret_reason);
	guestfs_umount_all(guest->g);
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

/* Of a btrfs over several devices each is listed. */
static bool is_trimmed_already(
	const struct v2v_inspect *inspect, const struct v2v_filesystem *fs)
{
	const struct v2v_filesystem *other = inspect->filesystems.items;

	if (!v2v_streq(fs->type, "btrfs") || !fs->uuid)
		return false;
	for (; other < fs; other++)
		if (v2v_streq(other->uuid, fs->uuid))
			return true;
	return false;
}

int v2v_guest_trim(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	guestfs_umount_all(guest->g);
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems) {
		/* A document of an older v2v-inspect has subvolumes too. */
		if (!can_trim(fs) || is_trimmed_already(inspect, fs) ||
			v2v_starts_with(fs->device, "btrfsvol:"))
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
