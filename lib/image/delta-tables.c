/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory and the tables of a snapshot's extent on VMFS, walked: each
 * table and each grain has a place of its own, in the file, where the format
 * has room for it.
 */
#include "core/file.h"
#include "image/bytes.h"
#include "image/delta.h"
#include "image/places.h"

#define SECTOR	   512ULL
#define CHUNK	   65536ULL	/* bytes of the directory */
#define MAX_TABLES (1ULL << 20) /* of 2 MiB each, at the least */

struct walk {
	const struct v2v_slice *slice;
	struct v2v_delta d;
	struct v2v_places tables, grains;
	struct v2v_hole hole; /* of tables that are nothing but zeros */
	size_t width;
	uint64_t count;		/* tables seen */
	unsigned char *entries; /* of one table */
};

/* Entries of a seSparse have their kind in the four highest bits. */
bool v2v_delta_table(const struct v2v_delta *delta, const unsigned char *at,
	uint64_t *ret_byte)
{
	uint64_t entry = delta->is_sesparse ? le64(at) : le32(at);

	*ret_byte = 0;
	if (!entry)
		return true;
	if (!delta->is_sesparse) {
		*ret_byte = entry * SECTOR;
		return true;
	}
	if (entry >> 32 != 0x10000000)
		return false;
	*ret_byte =
		delta->tables_at + (entry & UINT32_MAX) * V2V_DELTA_ENTRIES * 8;
	return true;
}

static bool sesparse_grain(const struct v2v_delta *delta, uint64_t entry,
	enum v2v_grain_kind *ret_kind, uint64_t *ret_byte)
{
	uint64_t number = (entry >> 48 & 0xfff) | (entry & 0xffffffffffff)
							  << 12;

	*ret_kind = V2V_GRAIN_ZERO;
	switch (entry >> 60) {
	case 0:
		*ret_kind = V2V_GRAIN_BELOW;
		return entry == 0;
	case 1: /* unmapped by the guest */
	case 2:
		return true;
	case 3:
		*ret_kind = V2V_GRAIN_DATA;
		return !__builtin_mul_overflow(
			       number, delta->grain * SECTOR, ret_byte) &&
		       !__builtin_add_overflow(
			       *ret_byte, delta->grains_at, ret_byte);
	default:
		return false;
	}
}

bool v2v_delta_grain(const struct v2v_delta *delta, const unsigned char *at,
	enum v2v_grain_kind *ret_kind, uint64_t *ret_byte)
{
	uint32_t sector;

	*ret_byte = 0;
	if (delta->is_sesparse)
		return sesparse_grain(delta, le64(at), ret_kind, ret_byte);
	sector = le32(at);
	*ret_kind = sector ? V2V_GRAIN_DATA : V2V_GRAIN_BELOW;
	*ret_byte = sector * SECTOR;
	return true;
}

int v2v_delta_read(const struct v2v_slice *slice, struct v2v_delta *ret_delta,
	struct v2v_error *err)
{
	return v2v_sesparse_is(slice) ? v2v_sesparse_read(slice, ret_delta, err)
				      : v2v_cowd_read(slice, ret_delta, err);
}

static int outside(const struct walk *w, const char *what, uint64_t index,
	const char *why, struct v2v_error *err)
{
	return v2v_fail(err, "image-table", "'%s': %s %s %llu %s",
		w->slice->name, w->d.is_sesparse ? "seSparse" : "vmfsSparse",
		what, (unsigned long long)index, why);
}

/* The disk's last grain may end with the disk. */
static uint64_t need_of(const struct walk *w, uint64_t grain)
{
	uint64_t left = w->d.capacity - grain * w->d.grain;

	return (left < w->d.grain ? left : w->d.grain) * SECTOR;
}

/* Grains and tables share the file of a vmfsSparse; seSparse has a room for
 * each. */
static bool is_in_room(
	const struct walk *w, uint64_t at, uint64_t length, bool is_table)
{
	uint64_t start = is_table ? w->d.tables_at : w->d.grains_at;
	uint64_t end = is_table ? w->d.tables_end : w->d.grains_end;

	return !w->d.is_sesparse ||
	       (at >= start && at <= end && length <= end - at);
}

static int check_grain(struct walk *w, uint64_t grain,
	const unsigned char *entry, struct v2v_error *err)
{
	enum v2v_grain_kind kind;
	uint64_t at;

	if (!v2v_delta_grain(&w->d, entry, &kind, &at))
		return outside(w, "grain", grain, "is of an unknown kind", err);
	if (kind != V2V_GRAIN_DATA)
		return 0;
	if (!v2v_slice_fits(w->slice, at, need_of(w, grain)) ||
		!is_in_room(w, at, w->d.grain * SECTOR, false))
		return outside(w, "grain", grain, "lies outside the file", err);
	if (!v2v_places_is_free(&w->tables, at, w->d.grain * SECTOR) ||
		!v2v_places_take(&w->grains, at))
		return outside(
			w, "grain", grain, "overlaps something else", err);
	return 0;
}

static int check_grains(
	struct walk *w, uint64_t table, uint64_t at, struct v2v_error *err)
{
	uint64_t first = table * V2V_DELTA_ENTRIES;
	uint64_t n = ceil_div(w->d.capacity, w->d.grain) - first;

	if (n > V2V_DELTA_ENTRIES)
		n = V2V_DELTA_ENTRIES;
	if (v2v_slice_is_in_hole(w->slice, &w->hole, at, n * w->width))
		return 0;
	if (v2v_slice_read(w->slice, w->entries, n * w->width, at, err) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++)
		if (check_grain(w, first + i, w->entries + i * w->width, err) <
			0)
			return -1;
	return 0;
}

static int check_table(
	struct walk *w, uint64_t table, uint64_t at, struct v2v_error *err)
{
	uint64_t length = V2V_DELTA_ENTRIES * w->width;

	if (!v2v_slice_fits(w->slice, at, length) ||
		!is_in_room(w, at, length, true))
		return outside(
			w, "grain table", table, "lies outside the file", err);
	if (!v2v_places_take(&w->tables, at))
		return outside(w, "grain table", table,
			"overlaps something else", err);
	if (++w->count > MAX_TABLES)
		return outside(
			w, "grain table", table, "exceeds the limit", err);
	return 0;
}

typedef int (*table_check)(
	struct walk *w, uint64_t table, uint64_t at, struct v2v_error *err);

/* All entries of the directory that are tables. */
static int each_table(struct walk *w, table_check check, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *chunk = v2v_alloc(1, CHUNK);
	struct v2v_extent extent = { 0, 0 };
	uint64_t per_chunk = CHUNK / w->width;

	for (uint64_t i = 0; i < w->d.tables; i += per_chunk) {
		uint64_t at = w->d.directory + i * w->width, place;
		uint64_t n = w->d.tables - i;

		if (n > per_chunk)
			n = per_chunk;
		if (v2v_slice_is_hole(w->slice, &extent, at, n * w->width))
			continue;
		if (v2v_slice_read(w->slice, chunk, n * w->width, at, err) < 0)
			return -1;
		for (uint64_t k = 0; k < n; k++) {
			if (!v2v_delta_table(
				    &w->d, chunk + k * w->width, &place))
				return outside(w, "grain table", i + k,
					"is of an unknown kind", err);
			if (place && check(w, i + k, place, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Of a seSparse the room of tables and that of grains are no fixed places. */
static int fix_headers(struct walk *w, struct v2v_error *err)
{
	struct v2v_places *all[] = { &w->tables, &w->grains };
	uint64_t length = w->d.tables * w->width;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!v2v_places_fix(all[i], 0, w->d.header) ||
			!v2v_places_fix(all[i], w->d.directory, length))
			return outside(w, "grain directory", 0,
				"overlaps something else", err);
	return 0;
}

static int walk(struct walk *w, struct v2v_error *err)
{
	v2v_places_begin(
		&w->tables, w->slice->size, V2V_DELTA_ENTRIES * w->width);
	v2v_places_begin(&w->grains, w->slice->size, w->d.grain * SECTOR);
	if (fix_headers(w, err) < 0 || each_table(w, check_table, err) < 0)
		return -1;
	return each_table(w, check_grains, err);
}

int v2v_delta_walk_tables(const struct v2v_slice *slice, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *entries = NULL;
	struct walk w = { .slice = slice };
	int r;

	if (v2v_delta_read(slice, &w.d, err) < 0)
		return -1;
	w.width = v2v_delta_width(&w.d);
	w.entries = entries = v2v_alloc(V2V_DELTA_ENTRIES, 8);
	r = walk(&w, err);
	v2v_places_clear(&w.tables);
	v2v_places_clear(&w.grains);
	return r;
}
