/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be copied where: loaded from a document, every target's name known
 * to be free, every target open under a temporary name, before the first byte
 * is copied.
 */
#ifndef V2V_COPY_PLAN_H
#define V2V_COPY_PLAN_H

#include "copy/options.h"
#include "copy/record.h"
#include "core/file.h"
#include "model/guestcaps.h"
#include "model/source.h"

struct v2v_copy_plan {
	struct v2v_source source;
	struct v2v_guestcaps caps;
	bool is_converted;	  /* caps are there */
	struct v2v_list overlays; /* of struct v2v_overlay */
	struct v2v_list targets;  /* of struct v2v_target */
	struct v2v_list slots;	  /* of struct v2v_removable_slot */
	struct v2v_copy_choice choice;
	char *out_dir; /* of files and devices absolute, canonical */
	/* One for each of source.disks: a file under way; of a device only its
	 * descriptor; else nothing. */
	struct v2v_out *outs;
	struct v2v_record **records; /* the same of choice.resumes; NULL */
	int *held;		     /* descriptors of devices that are read */
	size_t held_count;
};

/*
 * Fill the zeroed *@plan.  Fails where the options do not go together, the
 * guest was converted in place, a target exists (unless opt->force), or a
 * target is one of the source's own files or another machine's of this handle.
 */
int v2v_copy_plan_load(const struct v2v *v, struct v2v_copy_plan *plan,
	const json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err);

/* "file-exists" where the device begins with anything but zeros, unless @force;
 * with a record that is asked only where the copy does not go on. */
int v2v_copy_check_blank(const struct v2v *v, const struct v2v_copy_plan *plan,
	bool force, struct v2v_error *err);

/* Forgets the plan and removes the files that were not published. */
void v2v_copy_plan_clear(struct v2v_copy_plan *plan);
#define CLEANUP_PLAN __attribute__((cleanup(v2v_copy_plan_clear)))
#endif
