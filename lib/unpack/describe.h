/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks that are only told of (the option `describe`): nothing is unpacked,
 * joined or hashed; what a header or a descriptor says, where it lies as it is,
 * is enough.
 */
#ifndef V2V_UNPACK_DESCRIBE_H
#define V2V_UNPACK_DESCRIBE_H

#include "unpack/descriptor.h"
#include "unpack/ova.h"

/* The machine's disks; that one is not there is a warning. */
void v2v_describe_disks(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	struct v2v_descriptor_machine *machine);

/* An image that the user names. */
void v2v_describe_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_disk *disk);

/* Add the document of an image in an archive; an OVA in one is refused, as only
 * unpacking it would tell. */
int v2v_describe_loose(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *member,
	const struct v2v_unpack_options *opt, json_t *docs,
	struct v2v_error *err);
#endif
