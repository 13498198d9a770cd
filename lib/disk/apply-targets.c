/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks and the log of a change in place. */
#include "core/file.h"
#include "disk/apply-private.h"

#include <fcntl.h>

void v2v_apply_clear(struct v2v_apply_run *a)
{
	for (size_t i = 0; a->targets && i < a->count; i++)
		v2v_target_close(&a->targets[i]);
	free(a->targets);
	free(a->data);
	v2v_cleanup_close(&a->fd);
}

int v2v_apply_open_targets(struct v2v_apply_run *a, struct v2v_error *err)
{
	a->data = v2v_alloc(1, V2V_UNDO_MOST);
	a->targets = v2v_alloc(a->count + 1, sizeof *a->targets);
	for (size_t i = 0; i < a->count; i++)
		a->targets[i].fd = -1;
	for (size_t i = 0; i < a->count; i++)
		if (v2v_target_open(
			    a->v, a->disks[i].disk, &a->targets[i], err) < 0)
			return -1;
	return 0;
}

int v2v_apply_sync_targets(const struct v2v_apply_run *a, struct v2v_error *err)
{
	for (size_t i = 0; i < a->count; i++)
		if (v2v_target_sync(&a->targets[i], err) < 0)
			return -1;
	return 0;
}

int v2v_apply_remove_log(const struct v2v_apply_run *a, struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	if (unlink(a->log) < 0)
		return v2v_fail_errno(err, "cannot remove '%s'", a->log);
	/* What it is for is still done. */
	if (v2v_sync_directory(a->log, &why) < 0)
		v2v_warn(a->v, why.code, "%s", why.text);
	return 0;
}
