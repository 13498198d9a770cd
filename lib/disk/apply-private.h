/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What writing in place and undoing it share. */
#ifndef V2V_DISK_APPLY_PRIVATE_H
#define V2V_DISK_APPLY_PRIVATE_H

#include "disk/apply.h"
#include "disk/target.h"
#include "disk/undo-log.h"

struct v2v_apply_run {
	struct v2v *v;
	const struct v2v_apply *disks;
	struct v2v_target *targets; /* one each */
	size_t count;
	const char *log;
	int fd; /* of the log */
	unsigned char *data;
	uint64_t records;
};

void v2v_apply_clear(struct v2v_apply_run *a);
#define CLEANUP_APPLY __attribute__((cleanup(v2v_apply_clear)))

int v2v_apply_open_targets(struct v2v_apply_run *a, struct v2v_error *err);
int v2v_apply_sync_targets(
	const struct v2v_apply_run *a, struct v2v_error *err);
int v2v_apply_remove_log(const struct v2v_apply_run *a, struct v2v_error *err);
#endif
