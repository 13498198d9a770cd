/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user says of the machine, whatever it is unpacked from. */
#ifndef V2V_UNPACK_OPTIONS_H
#define V2V_UNPACK_OPTIONS_H

#include "core/handle.h"
#include "model/source.h"

/* The ranges of what a document may say. */
int v2v_unpack_check_options(
	const struct v2v_unpack_options *opt, struct v2v_error *err);

/* What the user says has precedence over what the OVF or the image does. */
void v2v_unpack_take_options(
	const struct v2v_unpack_options *opt, struct v2v_source *source);
#endif
