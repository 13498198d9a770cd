/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two levels of tables of a qcow2 (qemu: docs/interop/qcow2.txt, "Cluster
 * mapping").  qemu reads what they place behind the end of the file as zeros,
 * and what they place over each other as it lies there, and says nothing.
 */
#include "image/bytes.h"
#include "image/qcow2.h"

#define OFFSET	  V2V_QCOW2_OFFSET
#define IS_ONE	  V2V_QCOW2_IS_ONE
#define IS_PACKED V2V_QCOW2_IS_PACKED
#define IS_ZERO	  V2V_QCOW2_IS_ZERO
#define CHUNK	  65536
/* 64 TiB in clusters of the usual size; what is behind them is left to who
 * reads the disk. */
#define MAX_TABLES (1ULL << 17)

struct table {
	uint64_t at, index; /* byte of the slice; in the first level */
};

struct walk {
	const struct v2v_slice *slice;
	struct v2v_qcow2 q;
	uint64_t entry;	   /* bytes */
	uint64_t clusters; /* of the disk */
	struct v2v_places places;
	struct table *tables;
	uint64_t count, room;
};

bool v2v_qcow2_l1_is_well(const struct v2v_qcow2 *q, uint64_t entry)
{
	return !(entry & ~(OFFSET | IS_ONE)) && (entry & OFFSET || !entry) &&
	       (entry & OFFSET) % q->cluster == 0;
}

uint64_t v2v_qcow2_packed_at(const struct v2v_qcow2 *q, uint64_t entry)
{
	return entry & ((1ULL << (70 - q->bits)) - 1);
}

uint64_t v2v_qcow2_packed_size(const struct v2v_qcow2 *q, uint64_t entry)
{
	uint64_t more = (entry & (IS_PACKED - 1)) >> (70 - q->bits);

	return (more + 1) * 512 - v2v_qcow2_packed_at(q, entry) % 512;
}

bool v2v_qcow2_l2_is_well(const struct v2v_qcow2 *q, uint64_t entry)
{
	uint64_t known = OFFSET | IS_ONE;

	if (entry & IS_PACKED)
		return !(entry & IS_ONE) &&
		       v2v_qcow2_packed_at(q, entry) < 1ULL << 56;
	if (q->has_zero_flag && !q->has_subclusters)
		known |= IS_ZERO;
	return !(entry & ~known) && (entry & OFFSET || !(entry & IS_ONE)) &&
	       (entry & OFFSET) % q->cluster == 0;
}

static int wrong(const struct walk *w, const char *what, uint64_t cluster,
	const char *why, struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': the qcow2's %s of byte %llu %s", w->slice->name, what,
		(unsigned long long)(cluster << w->q.bits), why);
}

static uint64_t per_table(const struct walk *w)
{
	return w->q.cluster / w->entry;
}

static int read_header(struct walk *w, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };

	if (v2v_qcow2_read(w->slice, &w->q, &backing.format, err) < 0)
		return -1;
	w->clusters = ceil_div(w->q.size, w->q.cluster);
	w->entry = w->q.has_subclusters ? 16 : 8;
	return 0;
}

static int add_table(
	struct walk *w, uint64_t index, uint64_t entry, struct v2v_error *err)
{
	uint64_t at = entry & OFFSET, cluster = index * per_table(w);

	if (!v2v_qcow2_l1_is_well(&w->q, entry))
		return wrong(w, "table", cluster,
			"has an entry that means nothing", err);
	if (!at)
		return 0;
	if (!v2v_slice_fits(w->slice, at, w->q.cluster))
		return wrong(w, "table", cluster, "lies outside the file", err);
	if (!v2v_places_take(&w->places, at))
		return wrong(
			w, "table", cluster, "overlaps something else", err);
	if (w->count < w->room)
		w->tables[w->count++] = (struct table){ at, index };
	return 0;
}

static int read_first_level(struct walk *w, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(1, CHUNK);
	uint64_t size = ceil_div(w->clusters, per_table(w));
	struct v2v_extent extent = { 0, 0 };
	const uint64_t per_chunk = CHUNK / 8;

	for (uint64_t i = 0; i < size; i += per_chunk) {
		uint64_t at = w->q.l1 + i * 8, n = size - i;

		if (n > per_chunk)
			n = per_chunk;
		if (v2v_slice_is_hole(w->slice, &extent, at, n * 8))
			continue;
		if (v2v_slice_read(w->slice, chunk, n * 8, at, err) < 0)
			return -1;
		for (uint64_t j = 0; j < n; j++)
			if (add_table(w, i + j, be64(chunk + j * 8), err) < 0)
				return -1;
	}
	return 0;
}

/* The bits of the subclusters: those that are stored, those that are zeros. */
static bool bits_are_well(const unsigned char *entry)
{
	uint64_t e = be64(entry);
	uint32_t zero = be32(entry + 8), stored = be32(entry + 12);

	if (e & IS_PACKED)
		return !zero && !stored;
	return !(zero & stored) && (e & OFFSET || !stored);
}

static int check_packed(
	struct walk *w, uint64_t cluster, uint64_t entry, struct v2v_error *err)
{
	uint64_t at = v2v_qcow2_packed_at(&w->q, entry);
	uint64_t size = v2v_qcow2_packed_size(&w->q, entry);

	if (!v2v_slice_fits(w->slice, at, 1))
		return wrong(
			w, "cluster", cluster, "lies outside the file", err);
	if (!v2v_places_share(&w->places, at, size))
		return wrong(
			w, "cluster", cluster, "overlaps something else", err);
	return 0;
}

/* A cluster need not be whole: the file may end with its last bytes.  One of
 * zeros that was allocated may begin where the file ends. */
static int check_cluster(struct walk *w, uint64_t cluster,
	const unsigned char *entry, struct v2v_error *err)
{
	uint64_t e = be64(entry), at = e & OFFSET;
	bool is_read = !(e & IS_ZERO) && (w->entry == 8 || be32(entry + 12));

	if (!v2v_qcow2_l2_is_well(&w->q, e) ||
		(w->entry == 16 && !bits_are_well(entry)))
		return wrong(w, "cluster", cluster,
			"has an entry that means nothing", err);
	if (e & IS_PACKED)
		return check_packed(w, cluster, e, err);
	if (!at)
		return 0;
	if (!v2v_slice_fits(w->slice, at, is_read))
		return wrong(
			w, "cluster", cluster, "lies outside the file", err);
	if (!v2v_places_take(&w->places, at))
		return wrong(
			w, "cluster", cluster, "overlaps something else", err);
	return 0;
}

static int check_table(struct walk *w, const struct table *table,
	unsigned char *b, struct v2v_error *err)
{
	uint64_t first = table->index * per_table(w);
	uint64_t n = w->clusters - first;

	if (v2v_slice_read(w->slice, b, w->q.cluster, table->at, err) < 0)
		return -1;
	if (n > per_table(w))
		n = per_table(w);
	for (uint64_t i = 0; i < n; i++)
		if (check_cluster(w, first + i, b + i * w->entry, err) < 0)
			return -1;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	uint64_t left = ((const struct table *)a)->at;
	uint64_t right = ((const struct table *)b)->at;

	return (left > right) - (left < right);
}

/* Each table has a place of its own: so all of them together are no longer
 * than the file, whatever the first level says. */
static int check_second_level(struct walk *w, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *b = v2v_alloc(1, w->q.cluster);
	struct v2v_extent extent = { 0, 0 };

	qsort(w->tables, w->count, sizeof *w->tables, by_place);
	for (uint64_t i = 0; i < w->count; i++) {
		const struct table *table = &w->tables[i];

		if (i && table->at == table[-1].at)
			return wrong(w, "table", table->index * per_table(w),
				"overlaps another one", err);
		if (v2v_slice_is_hole(
			    w->slice, &extent, table->at, w->q.cluster))
			continue;
		if (check_table(w, table, b, err) < 0)
			return -1;
	}
	return 0;
}

static int walk_tables(struct walk *w, struct v2v_error *err)
{
	v2v_places_begin(&w->places, w->slice->size, w->q.cluster);
	if (v2v_qcow2_take_tables(w->slice, &w->q, &w->places, err) < 0 ||
		read_first_level(w, err) < 0)
		return -1;
	return check_second_level(w, err);
}

int v2v_qcow2_walk_tables(const struct v2v_slice *slice, struct v2v_error *err)
{
	CLEANUP_FREE struct table *tables = NULL;
	struct walk w = { .slice = slice };
	int r;

	if (read_header(&w, err) < 0)
		return -1;
	w.room = w.q.l1_size < MAX_TABLES ? w.q.l1_size : MAX_TABLES;
	w.tables = tables = v2v_alloc(w.room + 1, sizeof *tables);
	r = walk_tables(&w, err);
	v2v_places_clear(&w.places);
	return r;
}
