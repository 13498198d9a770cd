/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An initrd whose main archive is recompressed. */
#include "core/file.h"
#include "initrd/initrd.h"
#include "initrd/stream.h"

#define BLOCK (1 << 20)

static int copy_range(
	int in, int out, uint64_t from, uint64_t end, struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);

	while (from < end) {
		size_t n = end - from < BLOCK ? (size_t)(end - from) : BLOCK;

		if (v2v_pread_all(in, "initrd", block, n, from, err) < 0 ||
			v2v_write_all(out, "initrd", block, n, err) < 0)
			return -1;
		from += n;
	}
	return 0;
}

int v2v_initrd_repack(struct v2v *v, int in, const struct v2v_initrd *initrd,
	struct v2v_initrd_budget *budget, int out, struct v2v_error *err)
{
	struct v2v_stream *stream;
	int status;

	if (copy_range(in, out, 0, initrd->main_offset, err) < 0)
		return -1;
	stream = v2v_stream_open(v, in, initrd->main_offset, initrd->main_end,
		initrd->compression, err);
	if (!stream)
		return -1;
	v2v_stream_limit(stream, budget ? &budget->unpacked : NULL);
	status = v2v_stream_gzip(stream, out, err);
	v2v_stream_close(stream);
	return status;
}
