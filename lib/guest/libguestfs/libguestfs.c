/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The backend on libguestfs. */
#include "guest/libguestfs/private.h"

static char *run(struct v2v_appliance *a, char *const *argv)
{
	return guestfs_command(v2v_guestfs(a), (char **)argv);
}

static const struct v2v_appliance_programs programs = {
	.run = run,
};

const struct v2v_appliance_ops v2v_libguestfs_ops = {
	.name = "libguestfs",
	.life = &v2v_libguestfs_life,
	.devices = &v2v_libguestfs_devices,
	.mounts = &v2v_libguestfs_mounts,
	.files = &v2v_libguestfs_files,
	.attributes = &v2v_libguestfs_attributes,
	.writing = &v2v_libguestfs_writing,
	.inspection = &v2v_libguestfs_inspection,
	.programs = &programs,
};
