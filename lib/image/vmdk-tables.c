/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grain directory and the grain tables of a sparse VMDK.  qemu reads what
 * they place behind the end of the file as zeros, and what they place over each
 * other as it lies there, and says nothing.
 */
#include "core/file.h"
#include "image/bytes.h"
#include "image/places.h"

#define SECTOR	       512ULL
#define ENTRIES_PER_GT 512
#define TABLE	       (ENTRIES_PER_GT * 4ULL)
#define CHUNK	       65536
#define ZERO_GRAIN     1
#define MARKER	       12
/* 32 TiB in grains of the usual size; 2 GiB to read. */
#define MAX_TABLES (1ULL << 20)

struct table {
	uint32_t sector, index; /* in the file, in the directory */
};

struct walk {
	const struct v2v_slice *slice;
	struct v2v_vmdk vmdk;
	struct v2v_places places; /* of plain grains */
	struct table *tables;
	uint64_t count, room;
	uint64_t last_grain; /* sector */
};

static int outside(const struct walk *w, const char *what, uint64_t index,
	const char *why, struct v2v_error *err)
{
	return v2v_fail(err, "image-table", "'%s': VMDK %s %llu %s",
		w->slice->name, what, (unsigned long long)index, why);
}

/* The disk's last grain may end with the disk; of a compressed one only the
 * beginning is known. */
static bool grain_fits(const struct walk *w, uint64_t index, uint32_t sector)
{
	uint64_t left = w->vmdk.capacity - index * w->vmdk.grain;
	uint64_t need = left < w->vmdk.grain ? left : w->vmdk.grain;

	if (w->vmdk.is_compressed)
		need = 1;
	return v2v_slice_fits(w->slice, sector * SECTOR, need * SECTOR);
}

/* @w->tables is in order. */
static bool is_over_table(const struct walk *w, uint64_t at, uint64_t length)
{
	uint64_t low = 0, high = w->count;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (w->tables[middle].sector * SECTOR + TABLE > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low < w->count && w->tables[low].sector * SECTOR < at + length;
}

/* Of a packed grain only the beginning is known; its marker says whose it is to
 * who reads it. */
static bool has_own_place(struct walk *w, uint32_t sector)
{
	uint64_t at = sector * SECTOR;

	if (w->vmdk.is_compressed)
		return !is_over_table(w, at, SECTOR) &&
		       v2v_places_is_free(&w->places, at, SECTOR);
	return !is_over_table(w, at, w->vmdk.grain * SECTOR) &&
	       v2v_places_take(&w->places, at);
}

static int check_table(
	struct walk *w, const struct table *table, struct v2v_error *err)
{
	unsigned char b[TABLE];
	uint64_t first = (uint64_t)table->index * ENTRIES_PER_GT;
	uint64_t grains = ceil_div(w->vmdk.capacity, w->vmdk.grain) - first;

	if (v2v_slice_read(w->slice, b, sizeof b, table->sector * SECTOR, err) <
		0)
		return -1;
	if (grains > ENTRIES_PER_GT)
		grains = ENTRIES_PER_GT;
	for (uint64_t i = 0; i < grains; i++) {
		uint32_t grain = le32(b + i * 4);

		if (grain == 0 ||
			(grain == ZERO_GRAIN && w->vmdk.has_zero_grains))
			continue;
		if (grain == ZERO_GRAIN || !grain_fits(w, first + i, grain))
			return outside(w, "grain", first + i,
				"lies outside the file", err);
		if (!has_own_place(w, grain))
			return outside(w, "grain", first + i,
				"overlaps something else", err);
		if (grain > w->last_grain)
			w->last_grain = grain;
	}
	return 0;
}

static int add_table(
	struct walk *w, uint64_t index, uint32_t sector, struct v2v_error *err)
{
	if (!v2v_slice_fits(w->slice, sector * SECTOR, TABLE))
		return outside(
			w, "grain table", index, "lies outside the file", err);
	if (!v2v_places_is_free(&w->places, sector * SECTOR, TABLE))
		return outside(w, "grain table", index,
			"overlaps something else", err);
	if (w->count == w->room)
		return outside(w, "grain table", index, "is one too many", err);
	w->tables[w->count++] = (struct table){ sector, (uint32_t)index };
	return 0;
}

static int read_directory(struct walk *w, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(1, CHUNK);
	struct v2v_extent extent = { 0, 0 };
	const uint64_t per_chunk = CHUNK / 4;

	for (uint64_t i = 0; i < w->vmdk.tables; i += per_chunk) {
		uint64_t at = w->vmdk.directory + i * 4;
		uint64_t n = w->vmdk.tables - i;

		if (n > per_chunk)
			n = per_chunk;
		if (v2v_slice_is_hole(w->slice, &extent, at, n * 4))
			continue;
		if (v2v_slice_read(w->slice, chunk, n * 4, at, err) < 0)
			return -1;
		for (uint64_t j = 0; j < n; j++) {
			uint32_t sector = le32(chunk + j * 4);

			if (sector && add_table(w, i + j, sector, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	uint32_t left = ((const struct table *)a)->sector;
	uint32_t right = ((const struct table *)b)->sector;

	return (left > right) - (left < right);
}

/* Each table has a place of its own: so all of them together are no longer
 * than the file, whatever the directory says. */
static int check_grains(struct walk *w, struct v2v_error *err)
{
	struct v2v_extent extent = { 0, 0 };

	qsort(w->tables, w->count, sizeof *w->tables, by_place);
	for (uint64_t i = 0; i < w->count; i++) {
		const struct table *table = &w->tables[i];

		if (i && (table->sector - table[-1].sector) * SECTOR < TABLE)
			return outside(w, "grain table", table->index,
				"overlaps another one", err);
		if (v2v_slice_is_hole(
			    w->slice, &extent, table->sector * SECTOR, TABLE))
			continue;
		if (check_table(w, table, err) < 0)
			return -1;
	}
	return 0;
}

/* The one compressed grain that a cut could have hit: its marker says how long
 * it is ("Stream-Optimized Compressed Sparse Extents", grain marker). */
static int check_last_grain(const struct walk *w, struct v2v_error *err)
{
	uint64_t at = w->last_grain * SECTOR;
	unsigned char b[MARKER];

	if (!w->last_grain || !w->vmdk.is_compressed || !w->vmdk.has_markers)
		return 0;
	if (v2v_slice_read(w->slice, b, sizeof b, at, err) < 0)
		return -1;
	if (!v2v_slice_fits(w->slice, at + MARKER, le32(b + 8)))
		return outside(w, "grain", le64(b) / w->vmdk.grain,
			"ends outside the file", err);
	return 0;
}

/* The second directory, and its tables, may lie anywhere: nothing is read by
 * them. */
static int fix_headers(struct walk *w, struct v2v_error *err)
{
	const struct v2v_vmdk *vmdk = &w->vmdk;
	uint64_t footer = vmdk->has_footer ? 3 * SECTOR : 0;

	if (!v2v_places_fix(&w->places, 0, SECTOR + vmdk->descriptor_size) ||
		!v2v_places_fix(&w->places, w->slice->size - footer, footer) ||
		!v2v_places_fix(&w->places, vmdk->directory, vmdk->tables * 4))
		return outside(w, "grain directory", 0,
			"overlaps something else", err);
	return 0;
}

static int walk(struct walk *w, struct v2v_error *err)
{
	uint64_t size = w->vmdk.is_compressed ? 0 : w->slice->size;

	v2v_places_begin(&w->places, size, w->vmdk.grain * SECTOR);
	if (fix_headers(w, err) < 0 || read_directory(w, err) < 0 ||
		check_grains(w, err) < 0)
		return -1;
	return check_last_grain(w, err);
}

int v2v_vmdk_walk_tables(const struct v2v_slice *slice, struct v2v_error *err)
{
	CLEANUP_FREE struct table *tables = NULL;
	struct walk w = { .slice = slice, .room = slice->size / TABLE };
	unsigned char magic[4];
	int r;

	if (v2v_slice_read(slice, magic, sizeof magic, 0, NULL) < 0 ||
		!v2v_vmdk_is(magic))
		return 0;
	if (v2v_vmdk_read(slice, &w.vmdk, err) < 0)
		return -1;
	if (w.room > MAX_TABLES)
		w.room = MAX_TABLES;
	if (w.room > w.vmdk.tables)
		w.room = w.vmdk.tables;
	w.tables = tables = v2v_alloc(w.room + 1, sizeof *tables);
	r = walk(&w, err);
	v2v_places_clear(&w.places);
	return r;
}
