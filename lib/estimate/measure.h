/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a disk takes at the target, exactly: from the block map of its overlay,
 * or of the source disk where it has none. */
#ifndef V2V_ESTIMATE_MEASURE_H
#define V2V_ESTIMATE_MEASURE_H

#include "core/handle.h"
#include "model/source.h"

/* @format "qcow2": the file's size; "raw": the bytes that are not zero.  A
 * blank disk takes nothing. */
int v2v_measure(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *format, uint64_t *ret_size,
	struct v2v_error *err);
#endif
