/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of a disk there is to copy, and how large the copy is: from the
 * tables of its image, without reading its data. */
#ifndef V2V_DISK_MEASURE_H
#define V2V_DISK_MEASURE_H

#include "core/handle.h"
#include "disk/reader.h"

struct v2v_measure {
	uint64_t data;	   /* bytes that are not known to be zeros */
	uint64_t blocks;   /* of 4096 bytes that they touch */
	uint64_t clusters; /* of 64 KiB that they touch */
	uint64_t tables;   /* L2 tables of a qcow2 that they touch */
};

/* Walk all spans below @size bytes.  @reader NULL: there is nothing. */
int v2v_measure_disk(struct v2v *v, struct v2v_reader *reader, uint64_t size,
	struct v2v_measure *ret_measure, struct v2v_error *err);

/* The bytes that v2v-copy allocates: of a raw file with holes, of a plain
 * qcow2; fewer where data are zeros after all. */
uint64_t v2v_measure_raw(const struct v2v_measure *measure);
uint64_t v2v_measure_qcow2(const struct v2v_measure *measure, uint64_t size);
#endif
