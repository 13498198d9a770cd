/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that makes a copy of a disk the same copy: what is read, what is
 * written, and how. */
#ifndef V2V_COPY_IDENTITY_H
#define V2V_COPY_IDENTITY_H

#include "copy/plan.h"

/* @room: bytes of the target; counts for what is not a file. */
struct v2v_copy_ends {
	const struct v2v_copy_plan *plan;
	size_t index; /* of the disk */
	uint64_t size, room;
};

/* What the target of a disk is called, without a password; the caller's. */
char *v2v_copy_target_name(const struct v2v_copy_plan *plan, size_t index);

/* The files that are read, as they are now; an array, the caller's.  NULL and
 * "resume-restart" as below. */
json_t *v2v_copy_files(
	const struct v2v_copy_plan *plan, size_t index, struct v2v_error *err);

/* An object, the caller's.  NULL and "resume-restart" where nobody could say
 * that the source is still the same: a block device. */
json_t *v2v_copy_identity(
	const struct v2v_copy_ends *ends, struct v2v_error *err);
#endif
