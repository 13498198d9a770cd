/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a qcow2 that two writers share (qemu: docs/interop/qcow2.txt). */
#ifndef V2V_COPY_QCOW2_TABLES_H
#define V2V_COPY_QCOW2_TABLES_H

#include "copy/sink.h"
#include "disk/layout.h"

#define V2V_QCOW2_COPIED (1ULL << 63) /* of an entry: counted once */
#define V2V_QCOW2_PACKED (1ULL << 62)

/* Write the header: the refcount table is cluster 1, the first table follows.
 */
int v2v_qcow2_write_header(const struct v2v_sink *sink, uint64_t size,
	const struct v2v_layout *layout, bool is_zstd, struct v2v_error *err);

/* Where the data begin when every cluster has its place, behind all tables. */
uint64_t v2v_qcow2_full_base(uint64_t size);

/* Header and tables of such an image. */
int v2v_qcow2_write_full(
	const struct v2v_sink *sink, uint64_t size, struct v2v_error *err);
#endif
