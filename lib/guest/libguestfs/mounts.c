/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems in the appliance. */
#include "core/lines.h"
#include "guest/libguestfs/private.h"

static int mount_device(struct v2v_appliance *a, const char *type,
	const char *options, const char *device, const char *path)
{
	guestfs_h *g = v2v_guestfs(a);

	return type ? guestfs_mount_vfs(g, options, type, device, path)
		    : guestfs_mount_options(g, options, device, path);
}

static int mount_image(
	struct v2v_appliance *a, const char *image, const char *path)
{
	return guestfs_mount_loop(v2v_guestfs(a), image, path);
}

static int unmount(struct v2v_appliance *a, const char *path)
{
	return guestfs_umount(v2v_guestfs(a), path);
}

static int unmount_all(struct v2v_appliance *a)
{
	return guestfs_umount_all(v2v_guestfs(a));
}

static int get_space(
	struct v2v_appliance *a, const char *path, struct v2v_statvfs *space)
{
	struct guestfs_statvfs *st = guestfs_statvfs(v2v_guestfs(a), path);

	if (!st)
		return -1;
	*space = (struct v2v_statvfs){
		.bsize = st->bsize,
		.blocks = st->blocks,
		.bfree = st->bfree,
		.bavail = st->bavail,
		.files = st->files,
		.ffree = st->ffree,
	};
	guestfs_free_statvfs(st);
	return 0;
}

static int trim(struct v2v_appliance *a, const char *path)
{
	return guestfs_fstrim(v2v_guestfs(a), path, -1);
}

/* btrfs-property(8), of which libguestfs has no call.  The paths are few and
 * known: v2v_mount_is_needed().  @command over what is mounted at @path, with
 * what is to be set; what it prints. */
static char *property(struct v2v_appliance *a, const char *command,
	const char *path, const char *value)
{
	CLEANUP_FREE char *line =
		v2v_format("btrfs property %s -ts '/sysroot%s' ro %s", command,
			strcmp(path, "/") ? path : "", value);

	return v2v_libguestfs_shell(a, line);
}

static int is_read_only(struct v2v_appliance *a, const char *path)
{
	CLEANUP_FREE char *is = property(a, "get", path, "");

	if (!is)
		return -1;
	return v2v_streq(v2v_line_trim(is), "ro=true");
}

static int set_read_only(
	struct v2v_appliance *a, const char *path, bool read_only)
{
	CLEANUP_FREE char *done =
		property(a, "set", path, read_only ? "true" : "false");

	return done ? 0 : -1;
}

const struct v2v_appliance_mounts v2v_libguestfs_mounts = {
	.mount = mount_device,
	.why = v2v_libguestfs_mount_words,
	.mount_image = mount_image,
	.bind = v2v_libguestfs_bind,
	.bind_root = v2v_libguestfs_bind_root,
	.unmount = unmount,
	.unmount_all = unmount_all,
	.space = get_space,
	.trim = trim,
	.is_read_only = is_read_only,
	.set_read_only = set_read_only,
};
