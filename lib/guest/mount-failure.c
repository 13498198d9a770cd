/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a filesystem did not mount: damaged, or unknown to the appliance. */
#include "guest/mounts.h"
#include "guest/private.h"

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

/* systemd makes the directory where there is none; we mount nothing there. */
bool v2v_guest_has_place(struct v2v_guest *guest, const char *path)
{
	struct v2v_appliance_stat st;

	return v2v_call(guest, files, lstat, path, &st) == 0 &&
	       S_ISDIR(st.mode);
}

void v2v_guest_mount_failed(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures)
{
	struct v2v_mount_failure *failure =
		v2v_list_add(failures, sizeof *failure);

	failure->device = v2v_strdup(device);
	failure->path = v2v_strdup(path);
	v2v_call(guest, mounts, why, &failure->reason, &failure->unsupported);
	failure->no_place =
		strcmp(path, "/") != 0 && !v2v_guest_has_place(guest, path);
}
