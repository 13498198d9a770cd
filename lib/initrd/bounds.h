/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a compressed archive ends.  Decompressors read ahead and do not tell,
 * so it is found from the file itself.
 */
#ifndef V2V_INITRD_BOUNDS_H
#define V2V_INITRD_BOUNDS_H

#include "core/handle.h"

/*
 * Where the next plain archive begins behind a compressed one that begins
 * before @from: a cpio header on a 4-byte boundary that leads to a trailer.
 * @size, the file's, where there is none.
 */
uint64_t v2v_initrd_next_archive(
	struct v2v *v, int fd, uint64_t from, uint64_t size);

/* @end without the zeros that lie before it, back to @from. */
uint64_t v2v_initrd_without_padding(int fd, uint64_t from, uint64_t end);

/* Where the blocks of the LZ4 legacy archive at @from end: it has no end mark,
 * but each block tells its length.  A block that is cut off does not count. */
uint64_t v2v_initrd_lz4_end(int fd, uint64_t from, uint64_t end);
#endif
