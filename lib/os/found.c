/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found. */
#include "os/os-private.h"

static void clear_mountpoints(struct v2v_list *mountpoints)
{
	v2v_list_foreach (struct v2v_mountpoint, mount, mountpoints) {
		free(mount->path);
		free(mount->device);
		free(mount->directory);
	}
	free(mountpoints->items);
	*mountpoints = (struct v2v_list){ 0 };
}

void v2v_os_free_one(struct v2v_os *os)
{
	free(os->device);
	v2v_inspect_clear(&os->told);
	clear_mountpoints(&os->mountpoints);
}

void v2v_os_clear(struct v2v_list *found)
{
	v2v_list_foreach (struct v2v_os, os, found)
		v2v_os_free_one(os);
	free(found->items);
	*found = (struct v2v_list){ 0 };
}

const struct v2v_os *v2v_os_root(
	const struct v2v_list *found, const char *device)
{
	v2v_list_foreach (const struct v2v_os, os, found)
		if (os->role == V2V_OS_ROOT && strcmp(os->device, device) == 0)
			return os;
	return NULL;
}
