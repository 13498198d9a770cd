/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers of disk images: tables walked from end to end, data unpacked. */
#include "scratch.h"

#include "disk/formats.h"
#include "disk/private.h"

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

/* Here and there, downwards, and changed; @reader is taken over. */
static void look(struct v2v_reader *reader)
{
	struct v2v_private_limits limits = { 1 << 20, 1 << 20, NULL };
	uint64_t size = reader->size;
	struct v2v_private *layer = NULL;
	struct v2v_error err = { 0 };
	unsigned char data[5000];

	if (v2v_private_new(v2v_view_new(reader, size, 65536), size, &limits,
		    &layer, &err) < 0)
		return;
	for (unsigned i = 1; i <= 2 * MAX_READS; i++) {
		/* All over the disk, and within its first MiB. */
		uint64_t at = size - size / (2 * MAX_READS) * i;

		if (i % 2)
			at %= 1 << 20;
		v2v_private_read(layer, at, data,
			size - at < sizeof data ? size - at : sizeof data);
		if (i % 5 == 0 && size - at >= 1000)
			v2v_private_write(layer, at, data, 1000);
		if (i % 7 == 0)
			v2v_private_discard(layer, at, (size - at) / 2);
	}
	v2v_private_free(layer);
}

static void try_reader(struct v2v *v, const char *file, int64_t offset,
	int64_t size, bool is_vmdk)
{
	struct v2v_reader *reader = NULL;
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
	look(reader);
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
