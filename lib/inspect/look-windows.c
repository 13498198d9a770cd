/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Windows, mounted: its files, its registry, its disks. */
#include "inspect/look-windows.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/os.h"
#include "guest/volumes.h"
#include "windows/ntfs.h"
#include "windows/windows.h"

struct device {
	struct v2v_guest *guest;
	const char *name;
};

static bool read_device(void *opaque, int64_t offset, void *data, size_t size)
{
	const struct device *device = opaque;

	return v2v_guest_read_device(
		device->guest, device->name, data, size, offset);
}

static void look_at_volumes(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_windows *w)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		struct device device = { guest, volume->device };

		if (v2v_volume_is_dynamic(volume))
			v2v_list_add_string(&w->dynamic, volume->device);
		if (v2v_streq(volume->type, "ntfs") &&
			v2v_ntfs_is_dirty(read_device, &device))
			v2v_list_add_string(&w->dirty, volume->device);
	}
}

/* A folder that no conversion needs: the boot manager's filesystem, which a
 * Windows has nowhere, is mounted over it.  NULL: there is none. */
static char *find_place(
	const struct v2v_tree *tree, const struct v2v_windows *w)
{
	static const char *const below[] = { "Boot", "Fonts", "Help", "Media" };

	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", w->systemroot, below[i]);
		CLEANUP_FREE char *real = v2v_windows_path(tree, path);

		if (real && v2v_tree_is_dir(tree, real) &&
			!v2v_tree_is_link(tree, real))
			return v2v_take(real);
	}
	return NULL;
}

static void add_mountpoint(
	struct v2v_inspect *inspect, const struct v2v_mountpoint *place)
{
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);

	mount->path = v2v_strdup(place->path);
	mount->device = v2v_strdup(place->device);
}

/* Without a place it is mounted over the folder of the Windows, which was read,
 * and not again. */
static bool try_boot(struct v2v_guest *guest, const char *device, bool is_uefi,
	struct v2v_inspect *inspect, struct v2v_list *failures)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	CLEANUP_FREE char *place = find_place(&tree, inspect->windows);
	const struct v2v_mountpoint mount = {
		.path = place ? place : inspect->windows->systemroot,
		.device = (char *)device
	};
	bool is_it;

	if (!v2v_guest_try_mount(guest, inspect, &mount, failures))
		return false;
	is_it = v2v_windows_read_boot(
		&tree, mount.path, is_uefi, device, inspect->windows);
	if (is_it && place)
		add_mountpoint(inspect, &mount);
	else
		v2v_guest_umount_at(guest, mount.path);
	return is_it;
}

/* The boot manager is on the Windows' own filesystem, or on a small one. */
static void look_for_boot(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_list *failures)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const bool is_uefi = v2v_streq(inspect->firmware, "uefi");
	const char *type = is_uefi ? "vfat" : "ntfs";

	if (!is_uefi && v2v_windows_read_boot(&tree, "", false, inspect->root,
				inspect->windows))
		return;
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems)
		if (v2v_streq(fs->type, type) &&
			!v2v_streq(fs->device, inspect->root) &&
			try_boot(guest, fs->device, is_uefi, inspect, failures))
			return;
}

void v2v_look_at_windows(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_list *volumes,
	struct v2v_inspect *inspect, struct v2v_list *failures)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_windows *w = inspect->windows;

	w->hibernated = v2v_windows_is_hibernated(&tree);
	/* libguestfs says less of it than we do. */
	if (v2v_guest_can_inspect(guest))
		v2v_windows_describe(&tree, inspect);
	v2v_windows_match_nics(w, source);
	look_at_volumes(guest, volumes, w);
	look_for_boot(guest, inspect, failures);
}
