/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of a file as a stream, decompressed or as it is; the only user of
 * libarchive's filters. */
#ifndef V2V_INITRD_STREAM_H
#define V2V_INITRD_STREAM_H

#include "core/handle.h"

struct v2v_stream;

/* More, decompressed, is a bomb, not an initramfs. */
#define V2V_STREAM_MAX_BYTES (4ULL << 30)

/* The compression that begins with these bytes: "gzip" "bzip2" "xz" "lzma"
 * "zstd" "lz4" "lz4-legacy" "lzo"; NULL for anything else.  "lzo" can only be
 * named: libarchive would start a program for it. */
const char *v2v_stream_compression(const unsigned char magic[6]);

/* Read @fd from @offset to @end; @compression NULL: as it is. */
struct v2v_stream *v2v_stream_open(struct v2v *v, int fd, uint64_t offset,
	uint64_t end, const char *compression, struct v2v_error *err);
void v2v_stream_close(struct v2v_stream *stream);

/* Bytes that may still be unpacked, of several streams together; counted down.
 * NULL: no matter. */
void v2v_stream_limit(struct v2v_stream *stream, uint64_t *left);

/* Read up to @size bytes: their number, 0 at the end, -1 on failure. */
ssize_t v2v_stream_read(struct v2v_stream *stream, void *data, size_t size,
	struct v2v_error *err);

/* Pass over up to @size bytes without reading them: how many; 0 where they have
 * to be read, as compressed ones have. */
uint64_t v2v_stream_skip(struct v2v_stream *stream, uint64_t size);

/* Compress all that @stream has left to @out, from its position on. */
int v2v_stream_gzip(struct v2v_stream *stream, int out, struct v2v_error *err);
#endif
