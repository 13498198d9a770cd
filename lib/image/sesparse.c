/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The headers of a seSparse extent.  VMware never published it; what is known
 * is what qemu reads (block/vmdk.c, "SESPARSE") and what files of ESXi have.
 * All places in the header are sectors.
 */
#include "image/bytes.h"
#include "image/delta.h"

#define SECTOR	     512ULL
#define CONSTANT     0xcafebabeULL
#define VOLATILE     0xcafecafeULL
#define VERSION	     0x0000000200000001ULL
#define GRAIN	     8	/* sectors */
#define TABLE	     64 /* sectors */
#define FLAG_SEEN    0x200
#define MAX_CAPACITY (1ULL << 37) /* sectors: 64 TiB */

/* Where the constant header has a place and the length behind it. */
static const struct {
	const char *name;
	size_t at;
} fields[] = {
	{ "volatile header", 80 },
	{ "journal header", 96 },
	{ "journal", 112 },
	{ "grain directory", 128 },
	{ "grain tables", 144 },
	{ "free bitmap", 160 },
	{ "backmap", 176 },
	{ "grains", 192 },
};

enum {
	VOLATILE_AREA,
	JOURNAL_HEADER,
	JOURNAL,
	DIRECTORY,
	TABLES,
	BITMAP,
	BACKMAP,
	GRAINS,
	AREAS
};

bool v2v_sesparse_is(const struct v2v_slice *slice)
{
	unsigned char magic[8];

	return v2v_slice_read(slice, magic, sizeof magic, 0, NULL) == 0 &&
	       le64(magic) == CONSTANT;
}

static int bad(
	const struct v2v_slice *slice, struct v2v_error *err, const char *what)
{
	return v2v_slice_bad(slice, err, "seSparse", what);
}

/* The end of the file may cut the grains, and what is not read by anybody. */
static int read_area(const struct v2v_slice *slice, const unsigned char *h,
	unsigned i, uint64_t area[2], struct v2v_error *err)
{
	uint64_t at = le64(h + fields[i].at), n = le64(h + fields[i].at + 8);
	uint64_t most = UINT64_MAX / SECTOR / 4;

	if (!at || at > most || n > most)
		return v2v_fail(err, "image-header",
			"'%s': seSparse: the %s has no valid place",
			slice->name, fields[i].name);
	area[0] = at * SECTOR;
	area[1] = (at + n) * SECTOR;
	if (i <= DIRECTORY && !v2v_slice_fits(slice, area[0], n * SECTOR))
		return v2v_fail(err, "truncated",
			"'%s': seSparse %s outside the file (is it cut off?)",
			slice->name, fields[i].name);
	return 0;
}

static int check_overlap(const struct v2v_slice *slice,
	const struct v2v_delta *d, struct v2v_error *err)
{
	for (unsigned i = 0; i < AREAS; i++) {
		if (d->areas[i][0] < SECTOR)
			return bad(slice, err, "an area overlaps the header");
		for (unsigned k = 0; k < i; k++)
			if (d->areas[i][0] < d->areas[k][1] &&
				d->areas[k][0] < d->areas[i][1])
				return v2v_fail(err, "image-header",
					"'%s': seSparse: the %s overlaps the "
					"%s",
					slice->name, fields[i].name,
					fields[k].name);
	}
	return 0;
}

static int check_constants(const struct v2v_slice *slice,
	const unsigned char *h, struct v2v_error *err)
{
	uint64_t capacity = le64(h + 16), reserved = le64(h + 48);

	if (le64(h + 8) != VERSION)
		return bad(slice, err, "unknown version");
	if (!capacity || capacity > MAX_CAPACITY)
		return bad(slice, err, "capacity out of range");
	if (le64(h + 24) != GRAIN)
		return bad(slice, err, "unknown grain size");
	if (le64(h + 32) != TABLE)
		return bad(slice, err, "unknown size of grain tables");
	if (le64(h + 40))
		return bad(slice, err, "unknown flags");
	if ((reserved && reserved != FLAG_SEEN) || le64(h + 56) ||
		le64(h + 64) || le64(h + 72))
		return bad(slice, err, "unknown reserved fields");
	return 0;
}

/* What ESXi had under way is only in the journal. */
static int check_volatile(
	const struct v2v_slice *slice, uint64_t at, struct v2v_error *err)
{
	unsigned char v[SECTOR];

	if (v2v_slice_read(slice, v, sizeof v, at, err) < 0)
		return -1;
	if (le64(v) != VOLATILE)
		return bad(slice, err, "no volatile header");
	if (le64(v + 24))
		return v2v_fail(err, "image-dirty",
			"'%s': the seSparse extent was not closed cleanly, its "
			"journal must be replayed (by opening it where it was "
			"made)",
			slice->name);
	return 0;
}

static int check_directory(const struct v2v_slice *slice,
	const struct v2v_delta *d, struct v2v_error *err)
{
	uint64_t room = d->areas[DIRECTORY][1] - d->areas[DIRECTORY][0];

	if (room / 8 < d->tables)
		return bad(slice, err, "the directory does not fit the disk");
	return 0;
}

int v2v_sesparse_read(const struct v2v_slice *slice,
	struct v2v_delta *ret_delta, struct v2v_error *err)
{
	unsigned char h[SECTOR];
	struct v2v_delta d = { .is_sesparse = true,
		.grain = GRAIN,
		.header = SECTOR,
		.area_count = AREAS };

	if (v2v_slice_read(slice, h, sizeof h, 0, err) < 0)
		return -1;
	if (le64(h) != CONSTANT)
		return bad(slice, err, "unknown magic");
	if (check_constants(slice, h, err) < 0)
		return -1;
	for (unsigned i = 0; i < AREAS; i++)
		if (read_area(slice, h, i, d.areas[i], err) < 0)
			return -1;
	d.capacity = le64(h + 16);
	d.tables = ceil_div(d.capacity, (uint64_t)GRAIN * V2V_DELTA_ENTRIES);
	d.directory = d.areas[DIRECTORY][0];
	d.tables_at = d.areas[TABLES][0];
	d.tables_end = d.areas[TABLES][1];
	d.grains_at = d.areas[GRAINS][0];
	d.grains_end = d.areas[GRAINS][1];
	if (check_overlap(slice, &d, err) < 0 ||
		check_directory(slice, &d, err) < 0 ||
		check_volatile(slice, d.areas[VOLATILE_AREA][0], err) < 0)
		return -1;
	*ret_delta = d;
	return 0;
}
