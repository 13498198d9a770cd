/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that is new on an NTFS may be written by everybody (ntfs-3g); what the
 * system runs or reads must not be.  So all that is new there belongs to
 * administrators and the system alone; what was there keeps what it had.
 */
#include "convert/windows/windows.h"

static bool is_on_ntfs(const struct v2v_inspect *inspect, const char *path)
{
	const struct v2v_mountpoint *mount =
		v2v_inspect_mountpoint_of(inspect, path);
	const struct v2v_filesystem *fs =
		mount ? v2v_inspect_filesystem(inspect, mount->device) : NULL;

	return fs && v2v_starts_with(fs->type ? fs->type : "", "ntfs");
}

int v2v_windows_protect(struct v2v_windows_work *work, struct v2v_error *err)
{
	(void)err;
	v2v_list_foreach (struct v2v_op, op, &work->plan->ops)
		op->admin_only = op->is_new && op->type != V2V_OP_REMOVE &&
				 is_on_ntfs(work->inspect, op->name);
	return 0;
}
