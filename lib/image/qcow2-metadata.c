/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a qcow2 keeps beside the guest's clusters (qemu: docs/interop/qcow2.txt,
 * "Host cluster management", "Snapshots", "Bitmaps").  qemu refuses an image
 * whose snapshots or bitmaps cannot be read, though none of them is asked for.
 */
#include "image/bytes.h"
#include "image/qcow2.h"

#define CHUNK		  65536
#define SNAPSHOT	  40		/* bytes, and what is variable */
#define MAX_EXTRA	  1024		/* bytes; qemu's limits, as all below */
#define MAX_SNAPSHOTS	  (64ULL << 20) /* bytes */
#define MAX_L1		  (32ULL << 20) /* bytes */
#define BITMAP		  24		/* bytes, and what is variable */
#define BITMAP_IN_USE	  1U
#define BITMAP_FLAGS	  3U
#define BITMAP_TRACKING	  1
#define MIN_GRANULARITY	  9
#define MAX_GRANULARITY	  31
#define MAX_BITMAP_NAME	  1023
#define MAX_BITMAP	  (512ULL << 20) /* bytes */
#define MAX_BITMAP_TABLES (64ULL << 20)	 /* bytes, all of them; ours */
#define BITMAP_OFFSET	  0x00fffffffffffe00ULL

struct tables {
	const struct v2v_slice *slice;
	const struct v2v_qcow2 *qcow2;
	struct v2v_places *places;
	uint64_t bitmap_tables; /* bytes */
};

static int damaged(
	const struct tables *t, const char *what, struct v2v_error *err)
{
	return v2v_fail(err, "image-table", "'%s': the qcow2's %s",
		t->slice->name, what);
}

static bool lies_well(const struct tables *t, uint64_t at, uint64_t length)
{
	return at && at % t->qcow2->cluster == 0 &&
	       v2v_slice_fits(t->slice, at, length);
}

static int fix(const struct tables *t, uint64_t at, uint64_t length,
	struct v2v_error *err)
{
	uint64_t whole = ceil_div(length, t->qcow2->cluster);

	if (length && !v2v_places_fix(t->places, at, whole * t->qcow2->cluster))
		return damaged(t, "header and tables overlap", err);
	return 0;
}

static int take_block(struct tables *t, uint64_t entry, struct v2v_error *err)
{
	if (!entry)
		return 0;
	if (!lies_well(t, entry, t->qcow2->cluster))
		return damaged(t,
			"counts of references lie outside the file, or not "
			"where a cluster begins",
			err);
	if (!v2v_places_take(t->places, entry))
		return damaged(
			t, "counts of references overlap something else", err);
	return 0;
}

static int take_refcounts(struct tables *t, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(1, CHUNK);
	const struct v2v_qcow2 *q = t->qcow2;
	struct v2v_extent extent = { 0, 0 };

	for (uint64_t at = 0; at < q->refcounts_size; at += CHUNK) {
		uint64_t n = q->refcounts_size - at;

		if (n > CHUNK)
			n = CHUNK;
		if (v2v_slice_is_hole(t->slice, &extent, q->refcounts + at, n))
			continue;
		if (v2v_slice_read(t->slice, chunk, n, q->refcounts + at, err) <
			0)
			return -1;
		for (uint64_t i = 0; i < n; i += 8)
			if (take_block(t, be64(chunk + i), err) < 0)
				return -1;
	}
	return 0;
}

/* The first table of a snapshot; what it points to is not checked. */
static int take_snapshot(
	struct tables *t, const unsigned char *b, struct v2v_error *err)
{
	uint64_t l1 = be64(b), size = (uint64_t)be32(b + 8) * 8;

	if (be32(b + 36) > MAX_EXTRA || size > MAX_L1 ||
		!lies_well(t, l1, size))
		return damaged(t, "table of snapshots is damaged", err);
	if (!v2v_places_take_all(t->places, l1, size))
		return damaged(
			t, "table of a snapshot overlaps something else", err);
	return 0;
}

static int take_snapshots(struct tables *t, struct v2v_error *err)
{
	const struct v2v_qcow2 *q = t->qcow2;
	uint64_t at = q->snapshots;

	for (uint64_t i = 0; i < q->snapshot_count; i++) {
		unsigned char b[SNAPSHOT];

		at = ceil_div(at, 8) * 8;
		if (v2v_slice_read(t->slice, b, sizeof b, at, err) < 0 ||
			take_snapshot(t, b, err) < 0)
			return -1;
		at += SNAPSHOT + be32(b + 36) + be16(b + 12) + be16(b + 14);
		if (at - q->snapshots > MAX_SNAPSHOTS ||
			!v2v_slice_fits(t->slice, at, 0))
			return damaged(t, "table of snapshots is damaged", err);
	}
	return fix(t, q->snapshots, at - q->snapshots, err);
}

static int check_bitmap_table(
	struct tables *t, uint64_t at, uint64_t count, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *table = v2v_alloc(count, 8);

	if (v2v_slice_read(t->slice, table, count * 8, at, err) < 0)
		return -1;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t entry = be64(table + i * 8);
		uint64_t place = entry & BITMAP_OFFSET;

		if (entry & ~(BITMAP_OFFSET | 1) ||
			(place && (entry & 1 || !lies_well(t, place, 1))))
			return damaged(t, "table of a bitmap is damaged", err);
	}
	return 0;
}

/* An entry of the directory; its fields, within what qemu reads. */
static bool bitmap_is_well(const struct tables *t, const unsigned char *b)
{
	uint64_t at = be64(b), count = be32(b + 8);
	uint32_t flags = be32(b + 12), name = be16(b + 18);
	unsigned granularity = b[17];
	uint64_t bytes, need;

	if (!count || count * t->qcow2->cluster > MAX_BITMAP ||
		flags & ~BITMAP_FLAGS || b[16] != BITMAP_TRACKING ||
		granularity < MIN_GRANULARITY ||
		granularity > MAX_GRANULARITY || !name ||
		name > MAX_BITMAP_NAME || be32(b + 20) ||
		!lies_well(t, at, count * 8))
		return false;
	bytes = ceil_div(ceil_div(t->qcow2->size, 1ULL << granularity), 8);
	need = ceil_div(bytes, t->qcow2->cluster);
	return flags & BITMAP_IN_USE || count == need;
}

static int take_bitmap(
	struct tables *t, const unsigned char *b, struct v2v_error *err)
{
	uint64_t at = be64(b), count = be32(b + 8);

	if (!bitmap_is_well(t, b))
		return damaged(t, "directory of bitmaps is damaged", err);
	t->bitmap_tables += count * 8;
	if (t->bitmap_tables > MAX_BITMAP_TABLES)
		return damaged(t, "bitmaps are too many", err);
	if (!v2v_places_take_all(t->places, at, count * 8))
		return damaged(
			t, "table of a bitmap overlaps something else", err);
	/* What is being written is not read by anybody. */
	return be32(b + 12) & BITMAP_IN_USE
		       ? 0
		       : check_bitmap_table(t, at, count, err);
}

static int take_bitmaps(struct tables *t, struct v2v_error *err)
{
	const struct v2v_qcow2 *q = t->qcow2;
	CLEANUP_FREE unsigned char *b = v2v_alloc(1, q->bitmaps_size + BITMAP);
	uint64_t at = 0, i = 0;

	if (v2v_slice_read(t->slice, b, q->bitmaps_size, q->bitmaps, err) < 0)
		return -1;
	for (; i < q->bitmap_count; i++) {
		if (at >= q->bitmaps_size)
			break;
		if (take_bitmap(t, b + at, err) < 0)
			return -1;
		at = ceil_div(at + BITMAP + be16(b + at + 18), 8) * 8;
	}
	if (i < q->bitmap_count || at != q->bitmaps_size)
		return damaged(t, "directory of bitmaps is damaged", err);
	return 0;
}

int v2v_qcow2_take_tables(const struct v2v_slice *slice,
	const struct v2v_qcow2 *q, struct v2v_places *places,
	struct v2v_error *err)
{
	struct tables t = { .slice = slice, .qcow2 = q, .places = places };

	if (fix(&t, 0, q->cluster, err) < 0 ||
		fix(&t, q->l1, q->l1_size * 8, err) < 0 ||
		fix(&t, q->refcounts, q->refcounts_size, err) < 0 ||
		fix(&t, q->bitmaps, q->bitmaps_size, err) < 0)
		return -1;
	if (take_snapshots(&t, err) < 0 || take_refcounts(&t, err) < 0)
		return -1;
	return q->bitmap_count ? take_bitmaps(&t, err) : 0;
}
