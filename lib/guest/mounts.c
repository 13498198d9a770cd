/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest. */
#include "guest/mounts.h"

#include "guest/files.h"
#include "guest/private.h"

static bool is_root(const struct v2v_mountpoint *mount)
{
	return strcmp(mount->path, "/") == 0;
}

/* Where all of the filesystem is that @mount is a directory of; NULL. */
static const struct v2v_mountpoint *whole_of(
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, whole, &inspect->mountpoints)
		if (!whole->directory &&
			strcmp(whole->device, mount->device) == 0)
			return whole;
	return NULL;
}

/* @options: "ro", or "noatime", with which what is only read keeps its times.
 */
static int mount_one(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *mount, const char *options)
{
	const struct v2v_mountpoint *whole = whole_of(inspect, mount);
	CLEANUP_FREE char *from =
		v2v_format("%s%s", whole ? whole->path : "/sysroot",
			mount->directory ? mount->directory : "");

	if (mount->directory && !is_root(mount))
		return v2v_call(guest, mounts, bind, from, mount->path);
	if (v2v_call(guest, mounts, mount, NULL, options, mount->device,
		    mount->path) < 0)
		return -1;
	return mount->directory
		       ? v2v_call(guest, mounts, bind_root, mount->directory)
		       : 0;
}

static int by_length(const void *a, const void *b)
{
	const struct v2v_mountpoint *x = a, *y = b;
	size_t m = strlen(x->path), n = strlen(y->path);

	return m < n ? -1 : m > n ? 1 : strcmp(x->path, y->path);
}

/* mount(8) takes any UFS for the oldest kind, and reads nonsense. */
static bool mount_ufs(
	struct v2v_guest *guest, const char *device, const char *path)
{
	static const char *const options[] = { "ro,ufstype=ufs2",
		"ro,ufstype=44bsd" };

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (v2v_call(guest, mounts, mount, "ufs", options[i], device,
			    path) == 0)
			return true;
	return false;
}

static bool mount_to_look(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, mount->device);

	if (fs && v2v_streq(fs->type, "ufs"))
		return mount_ufs(guest, mount->device, mount->path);
	return mount_one(guest, inspect, mount, "ro") == 0;
}

/* The same of a device that is not known yet. */
static bool mount_to_read(
	struct v2v_guest *guest, const char *device, const char *path)
{
	CLEANUP_FREE char *type =
		v2v_starts_with(device, "/dev/")
			? v2v_call(guest, devices, tag, device, "TYPE")
			: NULL;

	if (v2v_streq(type, "ufs"))
		return mount_ufs(guest, device, path);
	return v2v_call(guest, mounts, mount, NULL, "ro", device, path) == 0;
}

bool v2v_guest_mount_root(
	struct v2v_guest *guest, const char *device, struct v2v_list *failures)
{
	v2v_guest_close_snapshots(guest);
	v2v_call(guest, mounts, unmount_all);
	/* Another root's texts. */
	v2v_guest_forget(guest);
	if (mount_to_read(guest, device, "/")) {
		guest->texts_of = v2v_strdup(device);
		return true;
	}
	if (failures)
		v2v_guest_mount_failed(guest, device, "/", failures);
	return false;
}

void v2v_guest_subvolumes(
	struct v2v_guest *guest, const char *device, struct v2v_list *paths)
{
	CLEANUP_FREE char *what = v2v_format("subvolumes on '%s'", device);

	if (v2v_call(guest, devices, subvolumes, device, paths) < 0)
		v2v_guest_tell_unlisted(guest, what);
}

bool v2v_mount_is_needed(const char *path)
{
	static const char *const needed[] = { "/", "/boot", "/boot/efi", "/efi",
		"/etc", "/lib", "/usr", "/usr/lib" };

	return v2v_is_one_of(path, needed);
}

static bool takes_file(
	struct v2v_guest *guest, const char *path, char **ret_reason)
{
	CLEANUP_FREE char *name = v2v_format(
		"%s/.v2v-writable", strcmp(path, "/") == 0 ? "" : path);
	struct v2v_appliance_stat place;
	bool known = v2v_call(guest, files, stat, path, &place) == 0;
	bool writable = v2v_call(guest, writing, touch, name) == 0;

	if (!writable && !*ret_reason)
		*ret_reason = v2v_strdup(v2v_guest_why(guest));
	v2v_call(guest, writing, remove, name);
	/* Trying leaves no trace. */
	if (writable && known)
		v2v_call(guest, attributes, set_times, path, &place.times);
	return writable;
}

/* OSTree makes the root of a deployment immutable: its /etc is not. */
bool v2v_guest_is_writable(
	struct v2v_guest *guest, const char *path, char **ret_reason)
{
	CLEANUP_FREE char *reason = NULL;

	if (takes_file(guest, path, &reason) ||
		(strcmp(path, "/") == 0 && takes_file(guest, "/etc", &reason)))
		return true;
	*ret_reason = v2v_take(reason);
	return false;
}

/* Of the last operation. */
static int mount_failed(const struct v2v_guest *guest,
	const struct v2v_mountpoint *mount, struct v2v_error *err)
{
	return v2v_guest_fail(guest, err, "guest-mount",
		"cannot mount the guest's '%s' at %s", mount->device,
		mount->path);
}

static int mount_to_write(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, mount->device);

	if (mount_one(guest, inspect, mount, "noatime") < 0)
		return -1;
	v2v_guest_place_add(guest, mount->path, fs ? fs->type : NULL);
	if (fs && v2v_streq(fs->type, "btrfs") &&
		v2v_mount_is_needed(mount->path))
		v2v_guest_open_snapshot(guest, mount->path);
	return 0;
}

/* For convert: what it edits must not land beneath a missing filesystem. */
static int mount_for_change(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount,
	struct v2v_error *err)
{
	CLEANUP_FREE char *why = NULL;
	struct v2v_error failed = { 0 };

	if (mount_to_write(guest, inspect, mount) == 0)
		return 0;
	why = v2v_strdup(v2v_guest_why(guest));
	mount_failed(guest, mount, &failed);
	if (v2v_is_cancelled(guest->v) ||
		(v2v_mount_is_needed(mount->path) &&
			v2v_guest_has_place(guest, mount->path)))
		return v2v_fail(err, failed.code, "%s", failed.text);
	v2v_warn(guest->v, "guest-mount",
		"cannot mount the guest's '%s' at %s: %s", mount->device,
		mount->path, why);
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
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount,
	bool write, struct v2v_list *failures, struct v2v_error *err)
{
	CLEANUP_FREE char *reason = NULL;

	if (write && mount_to_write(guest, inspect, mount) == 0) {
		if (v2v_mount_is_needed(mount->path) &&
			!v2v_guest_is_writable(guest, mount->path, &reason))
			add_read_only(mount, failures)->reason =
				v2v_take(reason);
		return 0;
	}
	if (write)
		v2v_guest_mount_failed(
			guest, mount->device, mount->path, failures);
	if (mount_to_look(guest, inspect, mount)) {
		if (write)
			v2v_items(struct v2v_mount_failure,
				failures)[failures->count - 1]
				.read_only = true;
		return 0;
	}
	if (is_root(mount) || v2v_is_cancelled(guest->v))
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

/* Behind "/" come those whose directories are mounted elsewhere. */
static void wholes_first(const struct v2v_inspect *inspect,
	struct v2v_mountpoint *sorted, size_t n)
{
	size_t first = 1;

	for (size_t i = 1; i < n; i++) {
		struct v2v_mountpoint mount = sorted[i];
		bool is_whole = false;

		v2v_list_foreach (const struct v2v_mountpoint, other,
			&inspect->mountpoints)
			is_whole |= other->directory && !mount.directory &&
				    strcmp(other->device, mount.device) == 0;
		if (!is_whole)
			continue;
		memmove(sorted + first + 1, sorted + first,
			(i - first) * sizeof *sorted);
		sorted[first++] = mount;
	}
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
	wholes_first(inspect, sorted, n);
	if (n == 0 || !is_root(sorted))
		return v2v_fail(err, "no-root",
			"document: inspect.mountpoints has no '/'");
	if (failures)
		v2v_guest_forget_facts(guest);
	free(v2v_take(guest->texts_of));
	for (size_t i = from; i < n; i++) {
		int status = failures
				     ? mount_for_look(guest, inspect,
					       &sorted[i], write, failures, err)
				     : mount_for_change(
					       guest, inspect, &sorted[i], err);

		if (status < 0)
			return -1;
	}
	return 0;
}

/* Are the texts those of what will be "/"?  It was looked at alone before. */
static bool knows_root(
	const struct v2v_guest *guest, const struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (is_root(mount))
			return !mount->directory &&
			       v2v_streq(mount->device, guest->texts_of);
	return false;
}

int v2v_guest_mount(struct v2v_guest *guest, const struct v2v_inspect *inspect,
	struct v2v_list *failures, struct v2v_error *err)
{
	v2v_guest_close_snapshots(guest);
	v2v_guest_places_clear(&guest->places);
	v2v_call(guest, mounts, unmount_all);
	/* Perhaps another root's texts. */
	if (failures && !knows_root(guest, inspect))
		v2v_guest_forget(guest);
	return mount_sorted(guest, inspect, 0, failures, err);
}

int v2v_guest_mount_others(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, struct v2v_list *failures,
	struct v2v_error *err)
{
	return mount_sorted(guest, inspect, 1, failures, err);
}

bool v2v_guest_try_mount(struct v2v_guest *guest,
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount,
	struct v2v_list *failures)
{
	const bool write = looks_by_writing(guest, inspect) &&
			   !v2v_mountpoint_is_image(inspect, mount);
	CLEANUP_FREE char *reason = NULL;

	free(v2v_take(guest->texts_of));
	v2v_guest_forget_facts(guest);
	if ((write ? mount_to_write(guest, inspect, mount)
		   : mount_one(guest, inspect, mount, "ro")) < 0) {
		v2v_guest_mount_failed(
			guest, mount->device, mount->path, failures);
		return false;
	}
	if (!write || v2v_guest_is_writable(guest, mount->path, &reason))
		return true;
	v2v_call(guest, mounts, unmount, mount->path);
	return false;
}

const struct v2v_list *v2v_guest_replayed(const struct v2v_guest *guest)
{
	return &guest->a->replayed;
}

void v2v_guest_umount(struct v2v_guest *guest)
{
	v2v_guest_close_snapshots(guest);
	v2v_call(guest, mounts, unmount_all);
}

void v2v_guest_umount_at(struct v2v_guest *guest, const char *path)
{
	v2v_guest_forget(guest);
	v2v_call(guest, mounts, unmount, path);
}
