/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the disks to the guest's mounted files. */
#include "inspect/storage.h"

#include "bsd/bsd.h"
#include "core/lines.h"
#include "guest/files.h"
#include "guest/images.h"
#include "guest/mounts.h"
#include "inspect/layouts/auto-mounts.h"
#include "inspect/layouts/container-linux.h"
#include "inspect/layouts/deployments.h"
#include "linux/distro/release.h"
#include "linux/storage/fstab.h"

void v2v_storage_clear(struct v2v_storage *storage)
{
	v2v_volumes_clear(&storage->volumes);
	v2v_roots_clear(&storage->roots);
	v2v_mount_failures_clear(&storage->not_mounted);
	v2v_mount_failures_clear(&storage->auto_failed);
	v2v_mount_failures_clear(&storage->images.failed);
}

static const char *type_of(
	const struct v2v_storage *storage, const char *device)
{
	v2v_list_foreach (const struct v2v_volume, volume, &storage->volumes)
		if (v2v_streq(volume->device, device))
			return volume->type;
	return NULL;
}

char *v2v_storage_beyond(const struct v2v_storage *storage,
	bool (*may)(const void *opaque, const char *type), const void *opaque)
{
	const struct v2v_list *const all[] = { &storage->not_mounted,
		&storage->auto_failed, &storage->roots.failed,
		&storage->roots.missed, &storage->images.failed };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		v2v_list_foreach (
			const struct v2v_mount_failure, failure, all[i])
			if (failure->unsupported &&
				may(opaque, type_of(storage, failure->device)))
				return v2v_format("%s: %s", failure->device,
					failure->reason);
	v2v_list_foreach (const struct v2v_volume, volume, &storage->volumes)
		if (volume->unreadable && may(opaque, NULL))
			return v2v_format("%s cannot be read", volume->device);
	return NULL;
}

static int newest_first(const void *a, const void *b)
{
	return strverscmp(*(char *const *)b, *(char *const *)a);
}

/* More images than anybody keeps. */
#define MAX_IMAGES 16

/* Of several images the newest that mounts. */
static char *release_of_image(
	struct v2v_guest *guest, struct v2v_root_images *images)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	char *release = NULL;

	v2v_guest_glob(guest, V2V_ROOT_IMAGES, &names);
	if (names.count)
		qsort(names.items, names.count, sizeof(char *), newest_first);
	for (size_t i = 0; i < names.count && i < MAX_IMAGES; i++) {
		images->is_read = v2v_guest_image_text(guest,
			v2v_items(char *, &names)[i], "usr/lib/os-release",
			&release, &images->failed);
		if (images->is_read)
			break;
	}
	return release;
}

/* What our own look at the files adds to what libguestfs knows. */
static void describe_linux(struct v2v_guest *guest,
	struct v2v_root_images *images, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *release = v2v_guest_text(guest, "/etc/os-release");
	CLEANUP_FREE char *hostname = NULL;

	if (!release)
		release = v2v_guest_text(guest, "/usr/lib/os-release");
	if (!release)
		release = release_of_image(guest, images);
	if (release)
		v2v_release_apply(release, inspect);
	if (!inspect->arch)
		inspect->arch = v2v_systems_architecture(guest);
	if (!inspect->hostname)
		hostname = v2v_guest_text(guest, "/etc/hostname");
	if (hostname && *v2v_line_trim(hostname))
		inspect->hostname = v2v_strndup(v2v_line_trim(hostname),
			strcspn(v2v_line_trim(hostname), " \t\n"));
}

static void add_root_mountpoint(struct v2v_inspect *inspect)
{
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);

	mount->path = v2v_strdup("/");
	mount->device = v2v_strdup(inspect->root);
}

/* fstab as we read it; what we cannot map, libguestfs may. */
static void find_mountpoints(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_list *volumes,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *fstab = v2v_guest_text(guest, "/etc/fstab");
	CLEANUP_FREE char *crypttab = v2v_guest_text(guest, "/etc/crypttab");
	CLEANUP_FREE char *mdadm =
		v2v_guest_text(guest, "/etc/mdadm/mdadm.conf");
	struct v2v_list entries CLEANUP_FSTAB = { 0 };

	if (!mdadm)
		mdadm = v2v_guest_text(guest, "/etc/mdadm.conf");
	v2v_fstab_read(fstab ? fstab : "", &entries);
	v2v_fstab_mountpoints(&entries,
		&(struct v2v_volume_names){
			volumes, source, inspect, crypttab, mdadm, NULL },
		inspect);
}

static bool is_linux(const struct v2v_inspect *inspect)
{
	return v2v_streq(inspect->type, "linux");
}

/* Its "/" only: the fstab in it has more.  What was reported of the filesystem
 * as a whole is reported again. */
static int mount_deployment(struct v2v_guest *guest,
	struct v2v_storage *storage, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	const size_t all = inspect->mountpoints.count;
	int status;

	v2v_mount_failures_clear(&storage->not_mounted);
	inspect->mountpoints.count = 1;
	status = v2v_guest_mount(guest, inspect, &storage->not_mounted, err);
	inspect->mountpoints.count = all;
	return status;
}

/* libguestfs takes what is made of FreeBSD for a Linux; no Linux is on a UFS.
 */
static bool is_on_ufs(const struct v2v_inspect *inspect)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, inspect->root);

	return fs && v2v_streq(fs->type, "ufs");
}

/* What we find ourselves is a BSD or a Linux; libguestfs says "unknown". */
static int find_type(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_bsd *bsd =
		v2v_guest_mount_root(guest, inspect->root, NULL)
			? v2v_bsd_of_tree(&tree)
			: NULL;

	if (bsd || !inspect->type) {
		free(inspect->type);
		inspect->type = v2v_strdup(bsd ? bsd->type : "linux");
	}
	return v2v_guest_check(guest, err);
}

static void describe_bsd(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);

	v2v_bsd_describe(&tree, inspect);
	v2v_bsd_network(&tree, inspect);
	if (!inspect->arch)
		inspect->arch = v2v_systems_architecture(guest);
}

/* ZFS cannot be read, but partitions have the family's types. */
static void guess_bsd(
	const struct v2v_list *volumes, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		const struct v2v_bsd *bsd =
			v2v_bsd_of_partition(volume->parttype);

		if (bsd && !inspect->type)
			inspect->type = v2v_strdup(bsd->type);
	}
}

static int look_at_root(struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_storage *storage,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	add_root_mountpoint(inspect);
	if ((!inspect->type || is_on_ufs(inspect)) &&
		find_type(guest, inspect, err) < 0)
		return -1;
	if (v2v_guest_mount(guest, inspect, &storage->not_mounted, err) < 0)
		return -1;
	if (is_linux(inspect) &&
		v2v_deployment_find(guest, &storage->volumes, inspect) &&
		mount_deployment(guest, storage, inspect, err) < 0)
		return -1;
	if (v2v_inspect_is_bsd(inspect))
		describe_bsd(guest, inspect);
	if (is_linux(inspect)) {
		storage->distro_unknown = !inspect->distro;
		describe_linux(guest, &storage->images, inspect);
		find_mountpoints(guest, source, &storage->volumes, inspect);
	}
	v2v_systems_more_mountpoints(guest, &storage->roots.systems, inspect);
	if (v2v_guest_mount_others(guest, inspect, &storage->not_mounted, err) <
		0)
		return -1;
	if (is_linux(inspect)) {
		v2v_auto_mount(guest, &storage->volumes, inspect,
			&storage->auto_failed);
		v2v_auto_mount_kernel(guest, &storage->volumes, inspect,
			&storage->auto_failed);
		if (v2v_inspect_is_image(inspect) &&
			v2v_guest_is_dir(guest, "/overlay"))
			v2v_guest_mount_behind(guest, inspect->root, "/overlay",
				&storage->not_mounted);
	}
	return 0;
}

int v2v_storage_find(struct v2v_guest *guest, const struct v2v_source *source,
	const char *root, struct v2v_inspect *inspect,
	struct v2v_storage *storage, struct v2v_error *err)
{
	const struct v2v_roots *roots = &storage->roots;

	inspect->major_version = inspect->minor_version = -1;
	inspect->boot_device = -1;
	if (v2v_guest_volumes(guest, &storage->volumes, err) < 0 ||
		v2v_roots_find(guest, &storage->volumes, root, &storage->roots,
			err) < 0)
		return -1;
	v2v_volumes_describe(&storage->volumes, inspect);
	if (v2v_container_linux_is(&storage->volumes)) {
		v2v_container_linux_describe(
			guest, source, &storage->volumes, inspect);
		return v2v_guest_check(guest, err);
	}
	if (roots->chosen >= roots->roots.count) {
		guess_bsd(&storage->volumes, inspect);
		return 0;
	}
	v2v_systems_describe(guest, &roots->systems,
		v2v_items(struct v2v_root, &roots->roots)[roots->chosen].device,
		inspect);
	if (look_at_root(guest, source, storage, inspect, err) < 0)
		return -1;
	return v2v_guest_measure(guest, inspect, err);
}
