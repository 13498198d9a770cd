/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at every filesystem. */
#include "os/os.h"

#include "linux/distro/distro.h"
#include "model/appliance-names.h"
#include "os/os-private.h"
#include "windows/windows.h"

/* CoreOS has no fstab. */
static void read_fstab(const struct v2v_os_source *source, struct v2v_os *os)
{
	if (v2v_streq(os->told.distro, "coreos")) {
		struct v2v_mountpoint *mount =
			v2v_list_add(&os->mountpoints, sizeof *mount);

		mount->path =
			v2v_strdup(os->role == V2V_OS_ROOT ? "/" : "/usr");
		mount->device = v2v_strdup(os->device);
	} else if (os->role == V2V_OS_ROOT) {
		v2v_os_read_fstab(source->tree, source->volumes, os->device,
			os->told.type, &os->mountpoints);
	}
}

static void look_at(const struct v2v_os_source *source, const char *device,
	struct v2v_list *found)
{
	struct v2v_os *os;

	if (!source->mount(source->opaque, device))
		return;
	os = v2v_list_add(found, sizeof *os);
	os->device = v2v_strdup(device);
	os->role = v2v_os_look(source->tree, &os->told);
	read_fstab(source, os);
}

/* What carries something else, or nothing that is mounted. */
static bool can_be_mounted(const struct v2v_volume *volume)
{
	static const char *const others[] = { "swap", "swsuspend",
		"crypto_LUKS", "BitLocker" };

	return volume->type && !volume->unreadable &&
	       !v2v_volume_is_member(volume) &&
	       !v2v_ends_with(volume->type, "_member") &&
	       !v2v_is_one_of(volume->type, others);
}

/* Snapshots may be many. */
#define MAX_SUBVOLUMES 256

static int look_at_subvolumes(const struct v2v_os_source *source,
	const struct v2v_volume *volume, struct v2v_list *found,
	struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	size_t count = 0;

	source->subvolumes(source->opaque, volume->device, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *device =
			v2v_appliance_subvolume(volume->device, *name);

		if (count++ < MAX_SUBVOLUMES)
			look_at(source, device, found);
		if (v2v_tree_check(source->tree, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_os_find(const struct v2v_os_source *source, struct v2v_list *ret_found,
	struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_volume, volume, source->volumes) {
		if (!can_be_mounted(volume))
			continue;
		look_at(source, volume->device, ret_found);
		if (v2v_tree_check(source->tree, err) < 0)
			return -1;
		if (v2v_streq(volume->type, "btrfs") && source->subvolumes &&
			look_at_subvolumes(source, volume, ret_found, err) < 0)
			return -1;
	}
	source->umount(source->opaque);
	v2v_os_join(ret_found);
	v2v_list_foreach (struct v2v_os, os, ret_found)
		if (os->role == V2V_OS_ROOT)
			v2v_os_set_osinfo(&os->told);
	return 0;
}

/* libguestfs says "unknown" of a distro, which it does not name. */
void v2v_os_set_osinfo(struct v2v_inspect *told)
{
	static const char *const bsds[] = { "freebsd", "netbsd", "openbsd" };
	const char *type = told->type;

	if (told->windows)
		return;
	if (v2v_streq(type, "linux"))
		v2v_distro_set_osinfo(told);
	else if (v2v_is_one_of(type, bsds))
		told->osinfo = v2v_format("%s%lld.%lld", told->distro,
			(long long)(told->major_version > 0
					    ? told->major_version
					    : 0),
			(long long)(told->minor_version > 0
					    ? told->minor_version
					    : 0));
	else if (v2v_streq(type, "dos") && v2v_streq(told->distro, "msdos"))
		told->osinfo = v2v_strdup("msdos6.22");
}

static void copy(char **to, const char *from)
{
	v2v_string_set(
		to, from && *from && strcmp(from, "unknown") ? from : NULL);
}

static struct v2v_windows *copy_windows(const struct v2v_windows *from)
{
	json_auto_t *told = NULL;
	struct v2v_windows *w;

	if (!from)
		return NULL;
	told = v2v_fields_store(v2v_windows_fields, from);
	w = v2v_windows_new();
	if (v2v_fields_load(v2v_windows_fields, told, "", w, NULL) < 0)
		*w = (struct v2v_windows){ 0 };
	return w;
}

void v2v_os_describe(const struct v2v_os *os, struct v2v_inspect *inspect)
{
	const struct v2v_inspect *told = &os->told;

	inspect->root = v2v_strdup(os->device);
	copy(&inspect->type, told->type);
	copy(&inspect->distro, told->distro);
	copy(&inspect->osinfo, told->osinfo);
	copy(&inspect->arch, told->arch);
	copy(&inspect->product_name, told->product_name);
	/* The document has had the word ever since. */
	inspect->product_variant = v2v_strdup(
		told->product_variant ? told->product_variant : "unknown");
	copy(&inspect->hostname, told->hostname);
	copy(&inspect->package_format, told->package_format);
	copy(&inspect->package_management, told->package_management);
	inspect->major_version =
		told->major_version < 0 ? 0 : told->major_version;
	inspect->minor_version =
		told->major_version < 0 ? 0 : told->minor_version;
	inspect->windows = copy_windows(told->windows);
}

static void add_mountpoint(
	struct v2v_inspect *inspect, const char *path, const char *device)
{
	struct v2v_mountpoint *mount;

	if (v2v_inspect_mountpoint(inspect, path) ||
		inspect->mountpoints.count >= V2V_MAX_MOUNTPOINTS)
		return;
	mount = v2v_list_add(&inspect->mountpoints, sizeof *mount);
	mount->path = v2v_strdup(path);
	mount->device = v2v_strdup(device);
}

void v2v_os_more_mountpoints(
	const struct v2v_os *os, struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_mountpoint, from, &os->mountpoints)
		if (*from->path == '/')
			add_mountpoint(inspect, from->path, from->device);
	if (os->mountpoints.count == 0)
		add_mountpoint(inspect, "/", os->device);
}

int v2v_os_applications(const struct v2v_tree *tree, const struct v2v_rpm *rpm,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	static const char *const types[] = { "linux", "hurd" };

	if (inspect->windows)
		return v2v_windows_applications(tree, inspect, err);
	if (!v2v_is_one_of(inspect->type, types))
		return 0;
	return v2v_packages_list(tree, inspect->package_format, rpm,
		&inspect->applications, err);
}
