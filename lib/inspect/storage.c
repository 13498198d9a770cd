/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the disks to the guest's mounted files. */
#include "inspect/storage.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/os.h"
#include "inspect/auto-mounts.h"
#include "inspect/fstab.h"
#include "inspect/lines.h"
#include "inspect/release.h"

void v2v_storage_clear(struct v2v_storage *storage)
{
	v2v_volumes_clear(&storage->volumes);
	v2v_roots_clear(&storage->roots);
	v2v_mount_failures_clear(&storage->not_mounted);
}

/* What our own look at the files adds to what libguestfs knows. */
static void describe_linux(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *release = v2v_guest_text(guest, "/etc/os-release");
	CLEANUP_FREE char *hostname = NULL;

	if (!release)
		release = v2v_guest_text(guest, "/usr/lib/os-release");
	if (release)
		v2v_release_apply(release, inspect);
	if (!inspect->arch)
		inspect->arch = v2v_guest_architecture(guest);
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
		&(struct v2v_names){
			volumes, source, inspect, crypttab, mdadm, NULL },
		inspect);
}

static bool is_linux(const struct v2v_inspect *inspect)
{
	return v2v_streq(inspect->type, "linux");
}

static int look_at_root(struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_storage *storage,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	/* What we find ourselves is a Linux; libguestfs says "unknown". */
	if (!inspect->type)
		inspect->type = v2v_strdup("linux");
	add_root_mountpoint(inspect);
	if (v2v_guest_mount(guest, inspect, &storage->not_mounted, err) < 0)
		return -1;
	if (is_linux(inspect)) {
		storage->distro_unknown = !inspect->distro;
		describe_linux(guest, inspect);
		find_mountpoints(guest, source, &storage->volumes, inspect);
	}
	v2v_guest_more_mountpoints(guest, inspect);
	if (v2v_guest_mount_others(guest, inspect, &storage->not_mounted, err) <
		0)
		return -1;
	if (is_linux(inspect))
		v2v_auto_mount(guest, &storage->volumes, inspect);
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
	if (roots->chosen >= roots->roots.count)
		return 0;
	v2v_guest_describe(guest,
		v2v_items(struct v2v_root, &roots->roots)[roots->chosen].device,
		inspect);
	if (look_at_root(guest, source, storage, inspect, err) < 0)
		return -1;
	return v2v_guest_measure(guest, inspect, err);
}
