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

bool v2v_guest_mount_root(
	struct v2v_guest *guest, const char *device, struct v2v_list *failures)
{
	guestfs_umount_all(guest->g);
	/* Another root's texts. */
	json_object_clear(guest->texts);
	if (guestfs_mount_ro(guest->g, device, "/") == 0)
		return true;
	if (failures)
		v2v_guest_mount_failed(guest, device, "/", failures);
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

bool v2v_mount_is_needed(const char *path)
{
	static const char *const needed[] = { "/", "/boot", "/boot/efi", "/efi",
		"/etc", "/lib", "/usr", "/usr/lib" };

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (strcmp(path, needed[i]) == 0)
			return true;
	return false;
}

bool v2v_guest_is_writable(
	struct v2v_guest *guest, const char *path, char **ret_reason)
{
	CLEANUP_FREE char *name = v2v_format(
		"%s/.v2v-writable", strcmp(path, "/") == 0 ? "" : path);
	struct guestfs_statns *place = guestfs_statns(guest->g, path);
	bool writable = guestfs_touch(guest->g, name) == 0;

	if (!writable)
		*ret_reason = v2v_strdup(guestfs_last_error(guest->g));
	guestfs_rm_f(guest->g, name);
	/* Trying leaves no trace. */
	if (writable && place)
		guestfs_utimens(guest->g, path, place->st_atime_sec,
			place->st_atime_nsec, place->st_mtime_sec,
			place->st_mtime_nsec);
	guestfs_free_statns(place);
	return writable;
}

/* systemd makes the directory where there is none; we mount nothing there. */
static bool has_place(struct v2v_guest *guest, const char *path)
{
	return guestfs_is_dir(guest->g, path) == 1;
}

static int mount_failed(const struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, struct v2v_error *err)
{
	return v2v_guest_fail(guest, err, "guest-mount",
		"cannot mount the guest's '%s' at %s", mount->device,
		mount->path);
}

/* noatime: what is only read keeps its times. */
static int mount_to_write(
	struct v2v_guest *guest, const struct v2v_mountpoint *mount)
{
	return guestfs_mount_options(
		guest->g, "noatime", mount->device, mount->path);
}

/* For convert: what it edits must not land beneath a missing filesystem. */
static int mount_for_change(struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, struct v2v_error *err)
{
	if (mount_to_write(guest, mount) == 0)
		return 0;
	if (v2v_is_cancelled(guest->v) ||
		(v2v_mount_is_needed(mount->path) &&
			has_place(guest, mount->path)))
		return mount_failed(guest, mount, err);
	v2v_warn(guest->v, "guest-mount",
		"cannot mount the guest's '%s' at %s: %s", mount->device,
		mount->path, guestfs_last_error(guest->g));
	return 0;
}

static struct v2v_mount_failure *add_read_only(
	const struct v2v_mountpoint *mount, struct v2v_list *failures)
{
	struct v2v_mount_failure *failure =
		v2v_list_add(failures, sizeof *failure);

	failure->device = v2v_strdup(mount->device);
	failure->path = v2v_strdup(mount->path);
	failure->read_only = true;
	return failure;
}

/* For inspection, on our own overlay as convert will do it, so that what
 * convert will meet is known beforehand; else read-only. */
static int mount_for_look(struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, bool write,
	struct v2v_list *failures, struct v2v_error *err)
{
	CLEANUP_FREE char *reason = NULL;

	if (write && mount_to_write(guest, mount) == 0) {
		if (v2v_mount_is_needed(mount->path) &&
			!v2v_guest_is_writable(guest, mount->path, &reason))
			add_read_only(mount, failures)->reason =
				v2v_take(reason);
		return 0;
	}
	if (write)
		v2v_guest_mount_failed(
			guest, mount->device, mount->path, failures);
	if (guestfs_mount_ro(guest->g, mount->device, mount->path) == 0) {
		if (write)
			v2v_items(struct v2v_mount_failure,
				failures)[failures->count - 1]
				.read_only = true;
		return 0;
	}
	if (strcmp(mount->path, "/") == 0 || v2v_is_cancelled(guest->v))
		return mount_failed(guest, mount, err);
	if (!write)
		v2v_guest_mount_failed(
			guest, mount->device, mount->path, failures);
	return 0;
}

/* In place nothing may be written before all is known. */
static bool looks_by_writing(
	const struct v2v_guest *guest, const struct v2v_inspect *inspect)
{
	return !guest->in_place && v2v_streq(inspect->type, "linux");
}

/* The shortest path first; @from: 0, or 1 where / is mounted already. */
static int mount_sorted(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, size_t from,
	struct v2v_list *failures, struct v2v_error *err)
{
	const bool write = looks_by_writing(guest, inspect);
	size_t n = inspect->mountpoints.count;
	CLEANUP_FREE struct v2v_mountpoint *sorted =
		v2v_alloc(n + 1, sizeof *sorted);

	if (n)
		memcpy(sorted, inspect->mountpoints.items, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_length);
	if (n == 0 || strcmp(sorted[0].path, "/") != 0)
		return v2v_fail(err, "no-root",
			"document: inspect.mountpoints has no '/'");
	for (size_t i = from; i < n; i++) {
		int status = failures
				     ? mount_for_look(guest, &sorted[i], write,
					       failures, err)
				     : mount_for_change(guest, &sorted[i], err);

		if (status < 0)
			return -1;
	}
	return 0;
}

int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_list *failures, struct v2v_error *err)
{
	guestfs_umount_all(guest->g);
	/* Perhaps another root's texts. */
	if (failures)
		json_object_clear(guest->texts);
	return mount_sorted(guest, inspect, 0, failures, err);
}

int v2v_guest_mount_others(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, struct v2v_list *failures,
	struct v2v_error *err)
{
	return mount_sorted(guest, inspect, 1, failures, err);
}

bool v2v_guest_try_mount(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount)
{
	CLEANUP_FREE char *reason = NULL;

	if (!looks_by_writing(guest, inspect))
		return guestfs_mount_ro(guest->g, mount->device, mount->path) ==
		       0;
	if (mount_to_write(guest, mount) < 0)
		return false;
	if (v2v_guest_is_writable(guest, mount->path, &reason))
		return true;
	guestfs_umount(guest->g, mount->path);
	return false;
}

void v2v_guest_umount(struct v2v_guest *guest)
{
	guestfs_umount_all(guest->g);
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
