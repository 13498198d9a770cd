/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going on with a copy that broke, where that is safe. */
#ifndef V2V_COPY_RESUME_H
#define V2V_COPY_RESUME_H

#include "copy/engine.h"
#include "copy/plan.h"

/*
 * The disk @index of @plan is about to be copied by @job, whose reader and sink
 * are open: find out what its target has already, or empty it.  Says what is
 * gone on with, and why not.  From then on the record says what is done.
 */
int v2v_copy_resume(struct v2v *v, const struct v2v_copy_plan *plan,
	size_t index, bool force, struct v2v_copy_job *job,
	struct v2v_error *err);
#endif
