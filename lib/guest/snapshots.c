/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots that are marked read-only. */
#include "guest/private.h"

void v2v_guest_open_snapshot(struct v2v_guest *guest, const char *path)
{
	if (v2v_call(guest, mounts, is_read_only, path) == 1 &&
		v2v_call(guest, mounts, set_read_only, path, false) == 0)
		v2v_list_add_string(&guest->opened, path);
}

void v2v_guest_close_snapshots(struct v2v_guest *guest)
{
	v2v_list_foreach (char *, path, &guest->opened)
		if (v2v_call(guest, mounts, set_read_only, *path, true) < 0)
			v2v_warn(guest->v, "guest-mount",
				"the guest's snapshot at %s is not read-only "
				"any more: %s",
				*path, v2v_guest_why(guest));
	v2v_strings_clear(&guest->opened);
}
