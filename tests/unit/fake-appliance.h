/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An appliance that is a folder of the host: the calls of libguestfs by which
 * files of a guest are changed, so that one can end at each of them; lib/guest
 * makes them through its backend on libguestfs.  No
 * extended attributes, no flags of chattr(1).
 */
#ifndef V2V_TEST_FAKE_APPLIANCE_H
#define V2V_TEST_FAKE_APPLIANCE_H

#include "fake-files.h"
#include "fake-writes.h"

/* A guest whose files are those of @root, converted in place; @dir is for its
 * temporary files. */
static inline void fake_guest_open(struct v2v_guest *guest,
	struct guestfs_h *fake, const char *root, char *dir)
{
	fake->root = root;
	*guest = (struct v2v_guest){ .v = v2v_new(),
		.a = &fake->appliance.a,
		.dir = dir,
		.in_place = true,
		.texts = json_object(),
		.told = json_object() };
	fake->appliance = (struct v2v_libguestfs){
		.a = { .ops = &v2v_libguestfs_ops, .v = guest->v },
		.g = fake,
		.config = { .dir = dir },
	};
}
#endif
