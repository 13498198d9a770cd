/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a disk takes at the target, exactly: by the readers that v2v-copy will
 * read it with. */
#ifndef V2V_ESTIMATE_MEASURE_H
#define V2V_ESTIMATE_MEASURE_H

#include "core/handle.h"
#include "model/source.h"

/* @format "qcow2": the file's size; "raw": the blocks that are allocated.  Data
 * that are zeros after all take less. */
int v2v_measure(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *format, uint64_t *ret_size,
	struct v2v_error *err);
#endif
