/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot's extent on VMFS (image/delta.h): vmfsSparse and seSparse. */
#include "image/delta.h"
#include "disk/formats.h"

#define SECTOR 512ULL
#define NONE   UINT64_MAX

struct delta {
	struct v2v_reader reader;
	struct v2v_media media;
	struct v2v_delta about;
	uint64_t grain; /* bytes */
	uint64_t table; /* which table is held */
	bool is_there;	/* it has any entry */
	unsigned char *entries;
	unsigned char *directory; /* a piece of it */
	uint64_t piece;		  /* which */
	struct v2v_hole hole;	  /* tables that are nothing but zeros */
};

#define PIECE 8192ULL /* entries of the directory that are held */

static int broken(const struct delta *delta, const char *what, uint64_t index,
	struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': %s %llu is of an unknown kind", delta->media.slice.name,
		what, (unsigned long long)index);
}

/* The byte of a table; 0: there is none. */
static int find_table(struct delta *delta, uint64_t table, uint64_t *ret_byte,
	struct v2v_error *err)
{
	size_t width = v2v_delta_width(&delta->about);
	uint64_t piece = table / PIECE;

	if (piece != delta->piece) {
		uint64_t n = delta->about.tables - piece * PIECE;

		delta->piece = NONE;
		if (v2v_slice_read(&delta->media.slice, delta->directory,
			    (n < PIECE ? n : PIECE) * width,
			    delta->about.directory + piece * PIECE * width,
			    err) < 0)
			return -1;
		delta->piece = piece;
	}
	if (!v2v_delta_table(&delta->about,
		    delta->directory + table % PIECE * width, ret_byte))
		return broken(delta, "grain table", table, err);
	if (*ret_byte && v2v_slice_is_in_hole(&delta->media.slice, &delta->hole,
				 *ret_byte, V2V_DELTA_ENTRIES * width))
		*ret_byte = 0;
	return 0;
}

static int load_table(
	struct delta *delta, uint64_t table, struct v2v_error *err)
{
	uint64_t byte;

	if (delta->table == table)
		return 0;
	delta->table = NONE;
	if (find_table(delta, table, &byte, err) < 0)
		return -1;
	if (byte && v2v_slice_read(&delta->media.slice, delta->entries,
			    V2V_DELTA_ENTRIES * v2v_delta_width(&delta->about),
			    byte, err) < 0)
		return -1;
	delta->is_there = byte != 0;
	delta->table = table;
	return 0;
}

static int look_up(const struct delta *delta, uint64_t grain,
	enum v2v_grain_kind *ret_kind, uint64_t *ret_byte,
	struct v2v_error *err)
{
	size_t width = v2v_delta_width(&delta->about);

	if (v2v_delta_grain(&delta->about,
		    delta->entries + grain % V2V_DELTA_ENTRIES * width,
		    ret_kind, ret_byte))
		return 0;
	return broken(delta, "grain", grain, err);
}

/* The first grain from @grain on, before @end, that is not as it is. */
static int alike(struct delta *delta, uint64_t grain, uint64_t end,
	enum v2v_grain_kind kind, uint64_t byte, uint64_t *ret_next,
	struct v2v_error *err)
{
	uint64_t next = grain + 1, other_byte;
	enum v2v_grain_kind other;

	for (; next < end && next % V2V_DELTA_ENTRIES; next++) {
		if (look_up(delta, next, &other, &other_byte, err) < 0)
			return -1;
		if (other != kind ||
			(kind == V2V_GRAIN_DATA &&
				other_byte !=
					byte + (next - grain) * delta->grain))
			break;
	}
	*ret_next = next;
	return 0;
}

/* Where a table is missing, all that are. */
static int skip_tables(struct delta *delta, uint64_t table, uint64_t end,
	uint64_t *ret_next, struct v2v_error *err)
{
	uint64_t byte = 0;

	while (++table * V2V_DELTA_ENTRIES < end) {
		if (find_table(delta, table, &byte, err) < 0)
			return -1;
		if (byte)
			break;
	}
	*ret_next = table * V2V_DELTA_ENTRIES;
	return 0;
}

static int delta_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	static const enum v2v_span_kind kinds[] = { V2V_SPAN_ABSENT,
		V2V_SPAN_ZERO, V2V_SPAN_DATA };
	struct delta *delta = (struct delta *)reader;
	uint64_t grain = at / delta->grain, next;
	uint64_t end = (limit - 1) / delta->grain + 1;
	enum v2v_grain_kind kind = V2V_GRAIN_BELOW;

	if (load_table(delta, grain / V2V_DELTA_ENTRIES, err) < 0)
		return -1;
	if (!delta->is_there) {
		if (skip_tables(delta, grain / V2V_DELTA_ENTRIES, end, &next,
			    err) < 0)
			return -1;
	} else if (look_up(delta, grain, &kind, &span->where, err) < 0 ||
		   alike(delta, grain, end, kind, span->where, &next, err) <
			   0) {
		return -1;
	}
	span->kind = kinds[kind];
	span->start = grain * delta->grain;
	next *= delta->grain;
	span->length = (next < limit ? next : limit) - at;
	return 0;
}

static int delta_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct delta *delta = (const struct delta *)reader;

	(void)ahead;
	(void)scratch;
	return v2v_media_read(&delta->media, data, span->length,
		span->where + (span->at - span->start), err);
}

static void delta_free(struct v2v_reader *reader)
{
	struct delta *delta = (struct delta *)reader;

	v2v_media_close(&delta->media);
	free(delta->entries);
	free(delta->directory);
	free(delta);
}

static const struct v2v_reader_ops delta_ops = {
	.name = "delta",
	.span = delta_span,
	.read = delta_read,
	.free = delta_free,
};

int v2v_reader_delta(struct v2v_media *media, struct v2v_reader **ret_reader,
	struct v2v_error *err)
{
	struct v2v_delta about;
	struct delta *delta;

	if (v2v_delta_read(&media->slice, &about, err) < 0) {
		v2v_media_close(media);
		return -1;
	}
	delta = v2v_alloc(1, sizeof *delta);
	delta->reader =
		(struct v2v_reader){ &delta_ops, about.capacity * SECTOR };
	delta->media = *media;
	delta->about = about;
	delta->grain = about.grain * SECTOR;
	delta->table = delta->piece = NONE;
	delta->entries = v2v_alloc(V2V_DELTA_ENTRIES, 8);
	delta->directory = v2v_alloc(PIECE, 8);
	*media = (struct v2v_media){ .is_cold = false };
	*ret_reader = &delta->reader;
	return 0;
}
