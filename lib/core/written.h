/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a handle wrote under final names.  Whoever forces means what was there
 * before: a machine never takes the place of another of the same run.
 */
#ifndef V2V_WRITTEN_H
#define V2V_WRITTEN_H

#include "core/handle.h"

/* This open file or block device was written. */
void v2v_written_add(struct v2v *v, int fd);

/* -1 and the error "same-name" where @path, by whatever name, is one of them;
 * 0 where it is not, or is not there. */
int v2v_written_check(
	const struct v2v *v, const char *path, struct v2v_error *err);

/* From a child's handle to its parent's: what was added behind the first @from,
 * as bytes; and added to @v.  What is not whole at the end is passed over. */
void v2v_written_save(const struct v2v *v, size_t from, struct v2v_text *bytes);
void v2v_written_load(struct v2v *v, const void *bytes, size_t size);
#endif
