/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers of disk images: tables walked from end to end, data unpacked. */
#include "scratch.h"

#include "disk/formats.h"

#define MAX_SPANS 20000
#define MAX_READS 64
#define ROOM	  (1U << 20)

/* Every span is inside the disk and brings us on. */
static void walk(struct v2v_reader *reader, uint64_t stride)
{
	struct v2v_scratch *scratch = v2v_scratch_new();
	unsigned char *data = v2v_alloc(1, ROOM);
	struct v2v_error err = { 0 };
	unsigned reads = 0;
	uint64_t at = 0;

	for (unsigned i = 0; i < MAX_SPANS && at < reader->size; i++) {
		uint64_t left = reader->size - at;
		uint64_t limit = at + (left < stride ? left : stride);
		struct v2v_span span;

		if (v2v_reader_span(reader, at, limit, &span, &err) < 0)
			break;
		if (span.at != at || !span.length || span.length > limit - at)
			abort();
		at += span.length;
		if (span.kind != V2V_SPAN_DATA || reads++ > MAX_READS)
			continue;
		if (span.length > ROOM)
			span.length = ROOM;
		v2v_reader_read(&span, span.stored, data, scratch, &err);
	}
	free(data);
	v2v_scratch_free(scratch);
}

static void try_reader(struct v2v *v, const char *file, int64_t offset,
	int64_t size, bool is_vmdk)
{
	struct v2v_reader *reader CLEANUP_READER = NULL;
	struct v2v_error err = { 0 };
	struct v2v_media media;

	if (v2v_media_open(&media, file, offset, size, &err) < 0)
		return;
	if (is_vmdk)
		v2v_reader_vmdk(v, &media, &reader, &err);
	else
		v2v_reader_qcow2(&media, true, &reader, &err);
	if (!reader)
		return;
	walk(reader, UINT64_MAX);
	/* Pieces of grains and clusters. */
	walk(reader, 5 * 512);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	const char *file = fuzz_file(data, size);
	struct v2v *v = v2v_new();

	for (int is_vmdk = 0; is_vmdk < 2; is_vmdk++) {
		try_reader(v, file, -1, -1, is_vmdk);
		try_reader(v, file, 512, (int64_t)size - 512, is_vmdk);
	}
	v2v_free(v);
	return 0;
}
