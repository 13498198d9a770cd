/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The disks that v2v-copy made.  Where a document has them they are the
 * machine's: to look at it, and to convert it in place, means them and no more
 * the source.
 */
#ifndef V2V_MODEL_COPIES_H
#define V2V_MODEL_COPIES_H

#include "model/targets.h"

/* Did v2v-copy make these targets?  v2v-estimate gives them neither a file nor
 * a place. */
bool v2v_copies_are_made(const struct v2v_list *targets);

/* Has each of them a name, as files and devices have, and NBD exports and
 * streams have not? */
bool v2v_copies_are_named(const struct v2v_list *targets);

/*
 * Fill the zeroed *@copies with nothing but disks: those of @source, each as
 * its target is, of the same id.  Fails where one has no target with a name
 * ("not-in-place"), or a target cannot be its copy by format or size.
 */
int v2v_copies_load(const struct v2v_source *source,
	const struct v2v_list *targets, struct v2v_source *copies,
	struct v2v_error *err);
#endif
