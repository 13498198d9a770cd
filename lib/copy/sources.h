/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a copy reads is not written meanwhile: not by us, and, where it is a
 * device, by nobody who asks before. */
#ifndef V2V_COPY_SOURCES_H
#define V2V_COPY_SOURCES_H

#include "copy/plan.h"

/* 0; -1 with "file-exists" where @path, or the device that it is a node of, is
 * read: not even --force replaces that. */
int v2v_copy_check_not_source(const struct v2v_copy_plan *plan,
	const char *path, struct v2v_error *err);

/* Hold the devices that are read, each for ourselves, until v2v_copy_let_go():
 * then nobody can mount them, or write to the whole disk of a partition.
 * "image-in-use" where somebody has one. */
int v2v_copy_hold_devices(struct v2v_copy_plan *plan, struct v2v_error *err);
void v2v_copy_let_go(struct v2v_copy_plan *plan);
#endif
