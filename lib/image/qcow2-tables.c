/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two levels of tables of a qcow2 (qemu: docs/interop/qcow2.txt, "Cluster
 * mapping").  qemu reads what they place behind the end of the file as zeros,
 * and says nothing.
 */
#include "image/bytes.h"
#include "image/headers.h"

#define HEADER 104
#define INCOMPAT_LARGE                                                         \
	(1ULL << 4) /* entries with a bit for each subcluster                  \
		     */
#define OFFSET_MASK 0x00fffffffffffe00ULL
#define SUBCLUSTERS 0xffffffffULL
#define IS_PACKED   (1ULL << 62)
#define IS_ZERO	    1ULL
#define CHUNK	    65536
/* 64 TiB in clusters of the usual size; what is behind them is left to who
 * reads the disk. */
#define MAX_TABLES (1ULL << 17)

struct table {
	uint64_t at, index; /* byte of the slice; in the first level */
};

struct walk {
	const struct v2v_slice *slice;
	uint64_t cluster, entry; /* bytes */
	unsigned bits;		 /* of a cluster's size */
	uint64_t clusters;	 /* of the disk */
	bool has_zero_flag;
	uint64_t l1, l1_size; /* byte of the slice, entries */
	struct table *tables;
	uint64_t count, room;
};

static int outside(const struct walk *w, const char *what, uint64_t cluster,
	const char *why, struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': the qcow2's %s of byte %llu lies %s", w->slice->name,
		what, (unsigned long long)(cluster << w->bits), why);
}

static uint64_t per_table(const struct walk *w)
{
	return w->cluster / w->entry;
}

static int read_header(struct walk *w, struct v2v_error *err)
{
	unsigned char h[HEADER];
	uint64_t size;

	if (v2v_slice_read(w->slice, h, sizeof h, 0, err) < 0)
		return -1;
	w->bits = be32(h + 20);
	if (!v2v_qcow2_is(h) || w->bits < 9 || w->bits > 21)
		return v2v_fail(err, "image-header", "'%s' is no qcow2",
			w->slice->name);
	size = be64(h + 24);
	w->cluster = 1ULL << w->bits;
	w->clusters = (size >> w->bits) + (size % w->cluster != 0);
	w->has_zero_flag = be32(h + 4) >= 3;
	w->entry = w->has_zero_flag && be64(h + 72) & INCOMPAT_LARGE ? 16 : 8;
	w->l1_size = be32(h + 36);
	w->l1 = be64(h + 40);
	if (w->l1_size > ceil_div(w->clusters, per_table(w)))
		w->l1_size = ceil_div(w->clusters, per_table(w));
	return 0;
}

static int add_table(
	struct walk *w, uint64_t index, uint64_t at, struct v2v_error *err)
{
	if (at % w->cluster || !v2v_slice_fits(w->slice, at, w->cluster))
		return outside(w, "table", index * per_table(w),
			"outside the file", err);
	if (w->count < w->room)
		w->tables[w->count++] = (struct table){ at, index };
	return 0;
}

static int read_first_level(struct walk *w, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(1, CHUNK);
	struct v2v_extent extent = { 0, 0 };
	const uint64_t per_chunk = CHUNK / 8;

	for (uint64_t i = 0; i < w->l1_size; i += per_chunk) {
		uint64_t n = w->l1_size - i;

		if (n > per_chunk)
			n = per_chunk;
		if (v2v_slice_is_hole(w->slice, &extent, w->l1 + i * 8, n * 8))
			continue;
		if (v2v_slice_read(w->slice, chunk, n * 8, w->l1 + i * 8, err) <
			0)
			return -1;
		for (uint64_t j = 0; j < n; j++) {
			uint64_t at = be64(chunk + j * 8) & OFFSET_MASK;

			if (at && add_table(w, i + j, at, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* A cluster need not be whole: the file may end with its last bytes. */
static bool is_inside(const struct walk *w, const unsigned char *entry)
{
	uint64_t e = be64(entry), at = e & OFFSET_MASK;

	if (e & IS_PACKED)
		return v2v_slice_fits(
			w->slice, e & ((1ULL << (70 - w->bits)) - 1), 1);
	if (!at || (w->has_zero_flag && e & IS_ZERO) ||
		(w->entry == 16 && !(be64(entry + 8) & SUBCLUSTERS)))
		return true;
	return at % w->cluster == 0 && v2v_slice_fits(w->slice, at, 1);
}

static int check_table(struct walk *w, const struct table *table,
	unsigned char *b, struct v2v_error *err)
{
	uint64_t first = table->index * per_table(w);
	uint64_t n = w->clusters - first;

	if (v2v_slice_read(w->slice, b, w->cluster, table->at, err) < 0)
		return -1;
	if (n > per_table(w))
		n = per_table(w);
	for (uint64_t i = 0; i < n; i++)
		if (!is_inside(w, b + i * w->entry))
			return outside(w, "cluster", first + i,
				"outside the file", err);
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
	CLEANUP_FREE unsigned char *b = v2v_alloc(1, w->cluster);
	struct v2v_extent extent = { 0, 0 };

	qsort(w->tables, w->count, sizeof *w->tables, by_place);
	for (uint64_t i = 0; i < w->count; i++) {
		const struct table *table = &w->tables[i];

		if (i && table->at == table[-1].at)
			return outside(w, "table", table->index * per_table(w),
				"where another one does", err);
		if (v2v_slice_is_hole(w->slice, &extent, table->at, w->cluster))
			continue;
		if (check_table(w, table, b, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_qcow2_walk_tables(const struct v2v_slice *slice, struct v2v_error *err)
{
	CLEANUP_FREE struct table *tables = NULL;
	struct walk w = { .slice = slice };

	if (read_header(&w, err) < 0)
		return -1;
	w.room = w.l1_size < MAX_TABLES ? w.l1_size : MAX_TABLES;
	w.tables = tables = v2v_alloc(w.room + 1, sizeof *tables);
	if (read_first_level(&w, err) < 0)
		return -1;
	return check_second_level(&w, err);
}
