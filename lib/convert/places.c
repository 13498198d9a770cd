/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The copies of a guest that is converted behind v2v-copy. */
#include "convert/conversion.h"

#include "model/assign.h"
#include "model/copies.h"

#include <sys/stat.h>

#define BLOCK 512 /* the unit of st_blocks */

static bool works_on_copies(const struct v2v_conversion *c)
{
	return c->opt->in_place && v2v_copies_are_made(&c->targets);
}

int v2v_conversion_place(struct v2v_conversion *c,
	const struct v2v_guestcaps *caps, struct v2v_error *err)
{
	if (!works_on_copies(c))
		return 0;
	return v2v_assign(
		&c->source, caps, &c->inspect, &c->targets, &c->slots, err);
}

void v2v_conversion_store_places(const struct v2v_conversion *c)
{
	struct stat st;

	if (!works_on_copies(c))
		return;
	/* What was copied is not what is there now. */
	v2v_list_foreach (struct v2v_target, target, &c->targets) {
		free(v2v_take(target->sha256));
		if (stat(target->file, &st) == 0 && S_ISREG(st.st_mode))
			target->actual_size = (int64_t)st.st_blocks * BLOCK;
	}
	json_object_set_new(c->doc, "targets", v2v_targets_store(&c->targets));
	json_object_set_new(c->doc, "removable_slots",
		v2v_removable_slots_store(&c->slots));
}
